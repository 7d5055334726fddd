namespace Resonance.Engine.Rules.Language;

/// <summary>What a timestamp or duration consists of. There is no function for now: what time it is, is a fact.</summary>
static class TimeFunctions
{
    const long NanosPerMillisecond = 1_000_000;
    const long SecondsPerDay = 86_400;

    public static Function[] All { get; } =
    [
        Part("getFullYear", static time => time.Year),
        Part("getMonth", static time => time.Month - 1),
        Part("getDate", static time => time.Day),
        Part("getDayOfMonth", static time => time.Day - 1),
        Part("getDayOfWeek", static time => time.DayOfWeek),
        Part("getDayOfYear", static time => time.DayOfYear),
        Part("getHours", static time => time.SecondOfDay / 3600, static nanos => nanos / NanosPerMillisecond / 3_600_000),
        Part("getMinutes", static time => time.SecondOfDay / 60 % 60, static nanos => nanos / NanosPerMillisecond / 60_000),
        Part("getSeconds", static time => time.SecondOfDay % 60, static nanos => nanos / Instant.NanosPerSecond),
        Part("getMilliseconds", static time => time.Milliseconds, static nanos => nanos / NanosPerMillisecond % 1000),
    ];

    public static Value Checked(Instant? instant) => instant is { } known ? Value.Of(known) : Operators.Overflow("timestamp");

    static Function Part(string name, Func<LocalTime, long> ofTimestamp, Func<long, long>? ofDuration = null)
    {
        var signatures = $"timestamp.{name}() -> int\ntimestamp.{name}(string) -> int";
        return new Function(name, ofDuration is null ? signatures : $"{signatures}\nduration.{name}() -> int")
        {
            One = (ref budget, time) => time.Kind switch
            {
                Kind.Timestamp => Value.Of(ofTimestamp(new LocalTime(time.AsTimestamp, 0))),
                Kind.Duration when ofDuration is not null => Value.Of(ofDuration(time.AsDuration)),
                _ => Catalog.NoOverload(name, time),
            },
            Two = (ref budget, time, zone) =>
            {
                if (time.Kind != Kind.Timestamp || zone.Kind != Kind.String)
                    return Catalog.NoOverload(name, time, zone);
                return TimeZones.OffsetSeconds(ref budget, zone.AsString, time.AsTimestamp) is { } offset
                    ? Value.Of(ofTimestamp(new LocalTime(time.AsTimestamp, offset)))
                    : Value.Fail($"{name}: there is no time zone {ValueText.Quoted(zone)}");
            },
        };
    }

    /// <summary>
    /// What a calendar and a clock on the wall show. Computed here, since beside the first and last moments of the language the
    /// local time is beyond what .NET has.
    /// </summary>
    readonly struct LocalTime
    {
        readonly long _day;

        public LocalTime(Instant instant, int offsetSeconds)
        {
            var seconds = instant.Seconds + offsetSeconds;
            _day = Math.DivRem(seconds, SecondsPerDay, out var second);
            if (second < 0)
            {
                second += SecondsPerDay;
                _day--;
            }

            SecondOfDay = second;
            Milliseconds = instant.Nanos / NanosPerMillisecond;

            // The days of a calendar that begins on the first of March of the year 0, whose leap days come last in their year.
            var shifted = _day + 719_468;
            var era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097;
            var dayOfEra = shifted - era * 146_097;
            var yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365;
            var dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
            var month = (5 * dayOfYear + 2) / 153;
            Day = dayOfYear - (153 * month + 2) / 5 + 1;
            Month = month < 10 ? month + 3 : month - 9;
            Year = yearOfEra + era * 400 + (Month <= 2 ? 1 : 0);
        }

        public long Year { get; }

        /// <summary>From 1.</summary>
        public long Month { get; }

        /// <summary>From 1.</summary>
        public long Day { get; }

        public long SecondOfDay { get; }

        public long Milliseconds { get; }

        /// <summary>From 0, for Sunday. The day that all is counted from was a Thursday.</summary>
        public long DayOfWeek => (_day % 7 + 11) % 7;

        /// <summary>From 0.</summary>
        public long DayOfYear
        {
            get
            {
                var isLeap = Year % 4 == 0 && (Year % 100 != 0 || Year % 400 == 0);
                var before = (367 * Month - 362) / 12 - (Month <= 2 ? 0 : isLeap ? 1 : 2);
                return before + Day - 1;
            }
        }
    }
}
