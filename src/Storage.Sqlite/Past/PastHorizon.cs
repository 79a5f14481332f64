using OrleansIot.Domain;

namespace OrleansIot.Storage.Sqlite.Past;

/// <summary>The moment before which nothing is told of any device.</summary>
internal sealed class PastHorizon
{
    private long _from = Instant.MinValue.UnixMilliseconds;

    public long From
    {
        get => Interlocked.Read(ref _from);
        set => Interlocked.Exchange(ref _from, value);
    }
}
