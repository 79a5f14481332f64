namespace OrleansIot.DeviceAgent.Demo;

/// <summary>Something that happens to a device now and then: it begins at random, swells, lasts and fades.</summary>
internal sealed class Episodes
{
    private const double RampShare = 0.2;

    private readonly Random _random;
    private readonly TimeSpan _meanGap;
    private readonly TimeSpan _shortest;
    private readonly TimeSpan _longest;
    private TimeSpan _begin;
    private TimeSpan _end;

    /// <param name="random">Decides when and for how long.</param>
    /// <param name="meanGap">Average time from the end of one episode to the next.</param>
    /// <param name="shortest">Shortest episode.</param>
    /// <param name="longest">Longest episode.</param>
    /// <param name="first">When the first one begins; at random if null.</param>
    /// <param name="notBefore">When the first one can begin at the earliest.</param>
    public Episodes(
        Random random, TimeSpan meanGap, TimeSpan shortest, TimeSpan longest, TimeSpan? first = null, TimeSpan notBefore = default)
    {
        (_random, _meanGap, _shortest, _longest) = (random, meanGap, shortest, longest);
        Plan(first ?? (notBefore + Gap()));
    }

    /// <summary>0 outside an episode, rising to 1 within it.</summary>
    /// <param name="at">Time since the start, never less than in an earlier call.</param>
    public double Strength(TimeSpan at)
    {
        while (at >= _end)
            Plan(_end + Gap());

        if (at < _begin)
            return 0;

        var share = (at - _begin) / (_end - _begin);
        var linear = Math.Min(1, Math.Min(share, 1 - share) / RampShare);
        return linear * linear * (3 - (2 * linear));
    }

    public bool IsOngoing(TimeSpan at) => Strength(at) > 0;

    private void Plan(TimeSpan begin)
    {
        _begin = begin;
        _end = begin + _shortest + (_random.NextDouble() * (_longest - _shortest));
    }

    // Times between independent events are distributed exponentially.
    private TimeSpan Gap() => -Math.Log(1 - _random.NextDouble()) * _meanGap;
}
