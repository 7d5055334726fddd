using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;

namespace Resonance.Engine.Definitions;

/// <summary>Holds a message to the validation attributes of its contract, nested records, lists and maps included.</summary>
static class RuleCheck
{
    public static void Check(ContractShape shape, object value, ContractFindings findings)
    {
        if (findings.Full || !shape.HasRules)
            return;

        if (shape.Members is not null)
            CheckObject(shape, shape.Members, value, findings);
        else if (shape.Element is { HasRules: true } element)
            CheckElements(element, shape.ElementMayBeNull, value, findings);
    }

    static void CheckObject(ContractShape shape, IReadOnlyList<ContractMember> members, object instance, ContractFindings findings)
    {
        var before = findings.Count;
        foreach (var member in members)
        {
            if ((member.Attributes.Length == 0 && !member.Shape.HasRules) || member.Get is null)
                continue;

            var value = member.Get(instance);
            findings.Enter(member.Name);
            if (CheckAttributes(member, value, instance, findings) && value is not null)
                Check(member.Shape, value, findings);
            findings.Leave();
        }

        // What an object says about itself as a whole may rely on its members being valid.
        if (findings.Count > before)
            return;

        foreach (var attribute in shape.Attributes)
            Report(attribute.GetValidationResult(instance, new ValidationContext(instance)), shape, findings);
        if (shape.ValidatesItself)
        {
            foreach (var result in ((IValidatableObject)instance).Validate(new ValidationContext(instance)))
                Report(result, shape, findings);
        }
    }

    static void CheckElements(ContractShape element, bool mayBeNull, object value, ContractFindings findings)
    {
        if (value is IDictionary map)
        {
            foreach (DictionaryEntry entry in map)
                CheckElement(element, mayBeNull, entry.Value, name: entry.Key.ToString(), index: 0, findings);
            return;
        }

        var index = 0;
        foreach (var item in (IEnumerable)value)
            CheckElement(element, mayBeNull, item, name: null, index++, findings);
    }

    static void CheckElement(ContractShape element, bool mayBeNull, object? item, string? name, int index, ContractFindings findings)
    {
        if (item is null && mayBeNull)
            return;

        if (name is null)
            findings.Enter(index);
        else
            findings.Enter(name);

        // A serializer that read the message elsewhere lets null pass, and whoever works through the list would stumble over it.
        if (item is null)
            findings.Add($"{findings.PlaceName} must be {element.Description}; found null.");
        else
            Check(element, item, findings);
        findings.Leave();
    }

    /// <returns>Whether it is worth looking inside the value.</returns>
    static bool CheckAttributes(ContractMember member, object? value, object instance, ContractFindings findings)
    {
        var valid = true;
        foreach (var attribute in member.Attributes)
        {
            var message = MessageOf(attribute, member, value, instance);
            if (message is null)
                continue;

            findings.Add(message);
            valid = false;
            if (attribute is RequiredAttribute)
                break;
        }

        return valid;
    }

    static string? MessageOf(ValidationAttribute attribute, ContractMember member, object? value, object instance)
    {
        if (!attribute.RequiresValidationContext)
            return attribute.IsValid(value) ? null : attribute.FormatErrorMessage(member.Name);

        var context = new ValidationContext(instance) { MemberName = member.ClrName, DisplayName = member.Name };
        var result = attribute.GetValidationResult(value, context);
        return result == ValidationResult.Success ? null : result!.ErrorMessage ?? attribute.FormatErrorMessage(member.Name);
    }

    static void Report(ValidationResult? result, ContractShape shape, ContractFindings findings)
    {
        if (result is null)
            return;

        var message = result.ErrorMessage ?? "It is not valid.";
        var none = true;
        foreach (var name in result.MemberNames)
        {
            none = false;
            var member = shape.Members?.FirstOrDefault(candidate => candidate.ClrName == name);
            findings.AddToMember(member?.Name ?? JsonNamingPolicy.CamelCase.ConvertName(name), message);
        }

        if (none)
            findings.Add(message);
    }
}
