using OrleansIot.Domain.Telemetry;

namespace OrleansIot.Dashboard.Display;

/// <summary>How wrong a device's clock is, where that is worth a word.</summary>
public static class ClockText
{
    // A reading's way here can take that long, and counts against the clock; and nobody's chart is wrong by less.
    public static readonly TimeSpan Bearable = TimeSpan.FromSeconds(3);

    /// <summary><c>clock 12 s ahead</c>; null where it is right, or not known.</summary>
    public static string? Of(ClockSkew? clock)
    {
        var ahead = clock?.Milliseconds ?? 0;
        var error = TimeSpan.FromMilliseconds(Math.Abs((double)ahead));
        if (error < Bearable)
            return null;

        return $"clock {Numbers.Span(error)} {(ahead > 0 ? "ahead" : "behind")}";
    }
}
