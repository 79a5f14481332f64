namespace OrleansIot.DeviceAgent;

/// <summary>Pauses between tries: doubling from a tenth of a second, with jitter so that a fleet does not return as one.</summary>
internal sealed class Backoff(TimeSpan longest, Random random)
{
    private static readonly TimeSpan First = TimeSpan.FromSeconds(0.1);

    private int _tries;

    public TimeSpan Next()
    {
        // 2^20 tenths of a second is past any longest pause.
        var ceiling = Math.Min(longest.TotalSeconds, First.TotalSeconds * Math.Pow(2, Math.Min(_tries++, 20)));

        // Half to all of it: a pause of nearly nothing would hammer a broker that refuses at once.
        return TimeSpan.FromSeconds(ceiling * (0.5 + (random.NextDouble() / 2)));
    }

    public void Reset() => _tries = 0;
}
