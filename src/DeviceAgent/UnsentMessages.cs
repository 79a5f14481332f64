using System.Diagnostics.CodeAnalysis;

namespace OrleansIot.DeviceAgent;

/// <summary>
/// Messages that wait for the broker, oldest first. Bounded: when it is full the oldest goes, as the newest tell more of a
/// machine that was out of sight.
/// </summary>
internal sealed class UnsentMessages(int capacity)
{
    private readonly Queue<byte[]> _messages = new();

    public int Count => _messages.Count;

    /// <summary>How many were given up to make room.</summary>
    public long Dropped { get; private set; }

    /// <summary>Whether messages have been given up since the last one could be taken.</summary>
    public bool IsOverflowing { get; private set; }

    public void Add(byte[] message)
    {
        if (_messages.Count == capacity)
        {
            _messages.Dequeue();
            Dropped++;
            IsOverflowing = true;
        }

        _messages.Enqueue(message);
    }

    public bool TryTake([NotNullWhen(true)] out byte[]? message)
    {
        IsOverflowing = false;
        return _messages.TryDequeue(out message);
    }
}
