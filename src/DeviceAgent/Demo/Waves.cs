namespace OrleansIot.DeviceAgent.Demo;

/// <summary>The rhythms of a fleet, each from -1 to 1.</summary>
internal static class Waves
{
    /// <summary>One a day, highest at the given hour (UTC).</summary>
    public static double Daily(DateTimeOffset now, double peakHour) =>
        Math.Cos((now.UtcDateTime.TimeOfDay.TotalHours - peakHour) / 24 * Math.Tau);

    /// <summary>One per period, so that there is something to see within minutes.</summary>
    public static double Cycle(TimeSpan at, TimeSpan period, double phase) => Math.Sin(((at / period) + phase) * Math.Tau);
}
