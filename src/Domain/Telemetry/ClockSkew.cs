namespace OrleansIot.Domain.Telemetry;

/// <summary>
/// How far a device's clock is ahead of ours: the most by which an event time lay ahead of its arrival, among the readings of the
/// last <see cref="Window"/> to two such. A reading takes time to arrive and never arrives early, so every difference is too
/// low by its delay, and the highest is the nearest to the truth: the minimum filter of the delay that NTP's clock filter goes by
/// too (RFC 5905, 10). Readings that were kept back, or measured long ago, are outvoted by a single one that came at once.
/// </summary>
/// <param name="From">When the newer half of the window began (our clock).</param>
/// <param name="Newer">Milliseconds: the highest since then.</param>
/// <param name="Older">The highest of the half before; null where nothing came in it.</param>
public readonly record struct ClockSkew(Instant From, long Newer, long? Older)
{
    /// <summary>
    /// Long enough that a device with a reading a minute has some that came quickly; at 50 ppm, twice what a cheap crystal drifts by, the clock itself
    /// moves 30 ms in it.
    /// </summary>
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(10);

    /// <summary>Positive: the device's clock is ahead. Resolution is a millisecond, error the delay of the quickest reading.</summary>
    public long Milliseconds => Older > Newer ? Older.Value : Newer;

    /// <summary>With one more reading. One that states no time of its own (it is filed under its arrival) says nothing.</summary>
    public static ClockSkew? After(ClockSkew? before, Reading reading)
    {
        if (reading.At == reading.ReceivedAt)
            return before;

        var ahead = reading.At.UnixMilliseconds - reading.ReceivedAt.UnixMilliseconds;
        if (before is not { } skew)
            return new ClockSkew(reading.ReceivedAt, ahead, null);

        if (reading.ReceivedAt < skew.From + Window)
            return ahead > skew.Newer ? skew with { Newer = ahead } : skew;

        // After a long silence the half before is too old to say anything.
        return new ClockSkew(reading.ReceivedAt, ahead, reading.ReceivedAt < skew.From + Window + Window ? skew.Newer : null);
    }
}
