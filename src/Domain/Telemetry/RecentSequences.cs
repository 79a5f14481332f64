using System.Collections.Immutable;

namespace OrleansIot.Domain.Telemetry;

/// <summary>
/// How far a device's numbered messages have come, by which a repeat is known however long ago its first copy was. A sliding window
/// as RFC 4303, 3.4.3 has it against replay: of the last <see cref="Window"/> numbers of a run each is known by itself, so that one
/// that failed and is sent again behind its successors is not taken for a repeat; all before them are repeats.
/// </summary>
public sealed class RecentSequences : IEquatable<RecentSequences>
{
    /// <summary>More than a connection may have unacknowledged (100): what comes again was never further behind.</summary>
    public const int Window = 128;

    /// <summary>Runs that are remembered. What was under way when the sender began anew may come after its first new messages, even twice over.</summary>
    public const int Boots = 4;

    public static readonly RecentSequences None = new([]);

    // In the order in which they were first heard of, newest last.
    private readonly ImmutableArray<BootProgress> _boots;

    private RecentSequences(ImmutableArray<BootProgress> boots) => _boots = boots;

    public ImmutableArray<BootProgress> Progress => _boots;

    public bool Contains(MessageSequence sequence)
    {
        foreach (var boot in _boots)
        {
            if (boot.Boot == sequence.Boot)
                return boot.Contains(sequence.Number);
        }

        return false;
    }

    public RecentSequences Add(MessageSequence sequence)
    {
        for (var i = 0; i < _boots.Length; i++)
        {
            if (_boots[i].Boot == sequence.Boot)
                return new(_boots.SetItem(i, _boots[i].With(sequence.Number)));
        }

        var kept = _boots.Length < Boots ? _boots : _boots.RemoveAt(0);
        return new(kept.Add(new BootProgress(sequence.Boot, sequence.Number, Seen: 1)));
    }

    public static RecentSequences Of(ImmutableArray<BootProgress> progress) => progress.IsEmpty ? None : new(progress);

    public bool Equals(RecentSequences? other) => other is not null && _boots.AsSpan().SequenceEqual(other._boots.AsSpan());

    public override bool Equals(object? obj) => Equals(obj as RecentSequences);

    public override int GetHashCode() => _boots.Length;
}

/// <summary>How far one run of a sender has come.</summary>
/// <param name="Highest">The highest number seen.</param>
/// <param name="Seen">Bit <c>n</c>: whether <see cref="Highest"/> less <c>n</c> was seen.</param>
public readonly record struct BootProgress(ulong Boot, long Highest, UInt128 Seen)
{
    public bool Contains(long number) =>
        number <= Highest && (Highest - number >= RecentSequences.Window || ((Seen >> (int)(Highest - number)) & 1) != 0);

    public BootProgress With(long number)
    {
        if (number <= Highest)
            return Highest - number >= RecentSequences.Window ? this : this with { Seen = Seen | (UInt128.One << (int)(Highest - number)) };

        // A shift by the whole width or more is one by its remainder.
        var ahead = number - Highest;
        return this with { Highest = number, Seen = (ahead >= RecentSequences.Window ? 0 : Seen << (int)ahead) | 1 };
    }
}
