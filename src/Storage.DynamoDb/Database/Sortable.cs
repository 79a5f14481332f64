using System.Globalization;
using OrleansIot.Domain;

namespace OrleansIot.Storage.DynamoDb.Database;

/// <summary>Numbers and times as texts that sort as they do.</summary>
internal static class Sortable
{
    /// <summary>Before everything that we use.</summary>
    public const string First = "!";

    /// <summary>Behind everything that we use.</summary>
    public const string Last = "~";

    public static string Of(long version) => version.ToString("D19", CultureInfo.InvariantCulture);

    public static long ToVersion(string key) => long.Parse(key.AsSpan(0, 19), CultureInfo.InvariantCulture);

    /// <summary>Fifteen digits, counted from the first moment that there is, so that none is negative.</summary>
    public static string Of(Instant time) => (time.UnixMilliseconds - Instant.MinValue.UnixMilliseconds).ToString("D15", CultureInfo.InvariantCulture);

    public static Instant ToInstant(string key) => new(long.Parse(key.AsSpan(0, 15), CultureInfo.InvariantCulture) + Instant.MinValue.UnixMilliseconds);

    public static string Of(DateOnly day) => day.ToString("yyyyMMdd", CultureInfo.InvariantCulture);

    public static DateOnly ToDay(string key) => DateOnly.ParseExact(key, "yyyyMMdd", CultureInfo.InvariantCulture);

    public static DateOnly DayOf(Instant time) => DateOnly.FromDateTime(time.ToDateTimeOffset().UtcDateTime);
}
