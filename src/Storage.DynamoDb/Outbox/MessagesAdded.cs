using System.Collections.Concurrent;
using System.Collections.Immutable;
using OrleansIot.Application.Notifications;
using OrleansIot.Domain;

namespace OrleansIot.Storage.DynamoDb.Outbox;

/// <summary>Rings when messages were added, and remembers those of this process until the index has surely got them.</summary>
internal sealed class MessagesAdded(TimeProvider time)
{
    // An index follows within a fraction of a second.
    private static readonly TimeSpan Remembered = TimeSpan.FromSeconds(5);

    // A burst beyond that is found by the next look into the index.
    private const int Most = 1_000;

    private readonly ConcurrentQueue<(OutboxMessage Message, Instant At)> _fresh = new();
    private TaskCompletionSource _next = NewBell();

    public Task Next => Volatile.Read(ref _next).Task;

    public void Announce(ImmutableArray<OutboxMessage> messages)
    {
        var now = Instant.From(time.GetUtcNow());
        foreach (var message in messages)
            _fresh.Enqueue((message, now));

        Trim(now);
        Ring();
    }

    public void Ring() => Interlocked.Exchange(ref _next, NewBell()).SetResult();

    public IReadOnlyCollection<OutboxMessage> Fresh()
    {
        Trim(Instant.From(time.GetUtcNow()));
        return [.. _fresh.Select(added => added.Message)];
    }

    private static TaskCompletionSource NewBell() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Trim(Instant now)
    {
        while (_fresh.TryPeek(out var oldest) && (oldest.At + Remembered < now || _fresh.Count > Most))
            _fresh.TryDequeue(out _);
    }
}
