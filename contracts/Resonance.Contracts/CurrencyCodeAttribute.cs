using System.Collections.Frozen;
using System.ComponentModel.DataAnnotations;

namespace Resonance.Contracts;

/// <summary>The text is an alphabetic currency code of ISO 4217:2015, list one (current currencies and funds), upper case.</summary>
/// <remarks>Codes for testing and for "no currency" (XTS, XXX) and for metals are left out: nobody pays in them.</remarks>
[AttributeUsage(AttributeTargets.Property)]
public sealed class CurrencyCodeAttribute() : ValidationAttribute("The field {0} must be a currency code of ISO 4217 such as EUR or USD.")
{
    static readonly FrozenSet<string> Codes = (
        "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CLF " +
        "CLP CNY COP COU CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR " +
        "ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU " +
        "MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK " +
        "SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD USN UYI UYU UYW UZS VED VES VND VUV " +
        "WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG").Split(' ').ToFrozenSet(StringComparer.Ordinal);

    /// <inheritdoc />
    public override bool IsValid(object? value) => value is string code && Codes.Contains(code);
}
