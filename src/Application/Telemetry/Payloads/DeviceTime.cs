using System.Text.Json;
using OrleansIot.Domain;

namespace OrleansIot.Application.Telemetry.Payloads;

/// <summary>Reads what a device says of its clock.</summary>
internal static class DeviceTime
{
    /// <summary>Further ahead than this is a wrong clock, not a fast one: believing it would make every later reading a late one.</summary>
    public static readonly TimeSpan MaxAhead = TimeSpan.FromMinutes(10);

    // As seconds this is the year 5138, as milliseconds March 1973: no clock that was ever set shows either, so magnitude tells the unit.
    private const double FirstMilliseconds = 1e11;

    // A clock that was never set counts from 1970; readings filed there would be found by nobody.
    private static readonly Instant Earliest = Instant.From(new DateTimeOffset(2000, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private static readonly Instant Latest = Instant.From(new DateTimeOffset(2200, 1, 1, 0, 0, 0, TimeSpan.Zero));

    /// <summary>Reads the value that the reader stands on; answers what is wrong with it, or null.</summary>
    public static string? Read(ref Utf8JsonReader json, out Instant time)
    {
        time = default;
        switch (json.TokenType)
        {
            case JsonTokenType.Number:
                return json.TryGetDouble(out var number) && double.IsFinite(number) ? OfNumber(number, out time) : "is not a finite number";
            case JsonTokenType.String:
                return json.TryGetDateTime(out var text) ? InRange(Instant.From(AsUtc(text)), out time) : "is not an ISO 8601 time";
            default:
                return "is neither a text nor a number";
        }
    }

    private static string? OfNumber(double number, out Instant time)
    {
        var milliseconds = Math.Abs(number) < FirstMilliseconds ? number * 1000 : number;
        return InRange(new Instant((long)Math.Clamp(Math.Round(milliseconds), long.MinValue, long.MaxValue)), out time);
    }

    private static string? InRange(Instant candidate, out Instant time)
    {
        time = candidate;
        if (candidate < Earliest)
            return "lies before the year 2000: the device's clock is not set";
        return candidate >= Latest ? "lies after the year 2200 (microseconds or nanoseconds?)" : null;
    }

    // ISO 8601 without an offset is local time; the device's zone is not known here, and UTC is what devices mean.
    private static DateTimeOffset AsUtc(DateTime time) =>
        time.Kind == DateTimeKind.Unspecified ? new DateTimeOffset(time, TimeSpan.Zero) : new DateTimeOffset(time.ToUniversalTime(), TimeSpan.Zero);
}
