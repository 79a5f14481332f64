using System.Diagnostics.CodeAnalysis;

namespace OrleansIot.DeviceAgent;

/// <summary>
/// Messages that wait for the broker, in the order of their numbers. Bounded: when it is full the oldest goes, as the newest
/// tell more of a machine that was out of sight.
/// </summary>
internal sealed class UnsentMessages(int capacity)
{
    // Sorted, because one that the broker could not take comes back when later ones are waiting.
    private readonly SortedDictionary<long, byte[]> _messages = [];

    public int Count => _messages.Count;

    /// <summary>How many were given up to make room.</summary>
    public long Dropped { get; private set; }

    /// <summary>False: one had to be given up for it.</summary>
    public bool Add(long number, byte[] message)
    {
        _messages.Add(number, message);
        if (_messages.Count <= capacity)
            return true;

        _messages.Remove(_messages.First().Key);
        Dropped++;
        return false;
    }

    public bool TryTake(out long number, [NotNullWhen(true)] out byte[]? message)
    {
        if (_messages.Count == 0)
        {
            (number, message) = (default, null);
            return false;
        }

        (number, message) = _messages.First();
        return _messages.Remove(number);
    }
}
