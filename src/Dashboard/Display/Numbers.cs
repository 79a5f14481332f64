using System.Globalization;

namespace OrleansIot.Dashboard.Display;

/// <summary>Numbers as people read them: 1,284; 91.4; 0.0372.</summary>
public static class Numbers
{
    public static string Count(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    public static string Value(double value)
    {
        var size = Math.Abs(value);
        var format = size switch
        {
            >= 1e15 => "0.###E+0",
            >= 1_000 => "#,0.#",
            >= 1 or 0 => "0.##",
            >= 0.001 => "0.####",
            _ => "0.##E+0",
        };
        return Minus(value.ToString(format, CultureInfo.InvariantCulture));
    }

    public static string Rate(double perSecond) =>
        perSecond.ToString(perSecond is > 0 and < 10 ? "0.0" : "N0", CultureInfo.InvariantCulture);

    /// <summary>412 µs, 8 ms, 1.3 s</summary>
    public static string Latency(TimeSpan span) => span.TotalMilliseconds switch
    {
        < 1 => string.Create(CultureInfo.InvariantCulture, $"{span.TotalMicroseconds:0} µs"),
        < 10 => string.Create(CultureInfo.InvariantCulture, $"{span.TotalMilliseconds:0.0} ms"),
        < 1_000 => string.Create(CultureInfo.InvariantCulture, $"{span.TotalMilliseconds:0} ms"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0.0} s"),
    };

    /// <summary>12 s, 4 m 12 s, 2 h 05 m, 3 d 04 h: as clock.js says ages.</summary>
    public static string Span(TimeSpan span) => span switch
    {
        { Ticks: < 0 } => "0 s",
        { TotalSeconds: < 60 } => $"{(int)span.TotalSeconds} s",
        { TotalHours: < 1 } => $"{span.Minutes} m {span.Seconds:00} s",
        { TotalDays: < 1 } => $"{span.Hours} h {span.Minutes:00} m",
        _ => $"{(int)span.TotalDays} d {span.Hours:00} h",
    };

    /// <summary>Of a bucket: 15 s, 5 min, 1 h.</summary>
    public static string Width(TimeSpan span) => span switch
    {
        { TotalMinutes: < 1 } => $"{Value(span.TotalSeconds)} s",
        { TotalHours: < 1 } => $"{Value(span.TotalMinutes)} min",
        _ => $"{Value(span.TotalHours)} h",
    };

    private static string Minus(string number) => number.Replace('-', '\u2212');
}
