using System.Collections.Immutable;
using OrleansIot.Application.Notifications;
using OrleansIot.Application.Notifications.Ports;
using OrleansIot.Domain;
using OrleansIot.Domain.Alerts;

namespace OrleansIot.TestKit.Storage;

public sealed class InMemoryOutbox : IOutbox
{
    private readonly Lock _lock = new();
    private readonly List<Delivery> _deliveries = [];
    private TaskCompletionSource _added = NewSignal();

    /// <summary>As a journal's commit does.</summary>
    public void Add(ImmutableArray<OutboxMessage> messages)
    {
        if (messages.IsDefaultOrEmpty)
            return;

        lock (_lock)
        {
            foreach (var message in messages)
            {
                if (!_deliveries.Exists(delivery => delivery.Message.Id == message.Id))
                    _deliveries.Add(new Delivery(message, DeliveryStatus.Pending, 0, message.CreatedAt, null, null));
            }

            _added.TrySetResult();
            _added = NewSignal();
        }
    }

    public ValueTask<IReadOnlyList<Delivery>> Due(Instant now, int limit, CancellationToken cancellation) =>
        Select(all => all.Where(delivery => delivery.Status == DeliveryStatus.Pending && delivery.DueAt <= now).OrderBy(delivery => delivery.DueAt).Take(limit));

    public ValueTask<Instant?> NextDue(CancellationToken cancellation)
    {
        lock (_lock)
            return ValueTask.FromResult(_deliveries.Where(delivery => delivery.Status == DeliveryStatus.Pending).Min(delivery => (Instant?)delivery.DueAt));
    }

    public ValueTask<bool> Claim(Delivery delivery, Instant until, CancellationToken cancellation)
    {
        lock (_lock)
        {
            var index = _deliveries.FindIndex(stored => stored.Message.Id == delivery.Message.Id);
            var isAsRead = index >= 0 && _deliveries[index] is { Status: DeliveryStatus.Pending } stored && (stored.Attempts, stored.DueAt) == (delivery.Attempts, delivery.DueAt);
            if (isAsRead)
                _deliveries[index] = _deliveries[index] with { DueAt = until };

            return ValueTask.FromResult(isAsRead);
        }
    }

    public ValueTask Record(OutboxMessage message, DeliveryStatus status, int attempts, Instant at, Instant dueAt, string outcome, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        lock (_lock)
        {
            var index = _deliveries.FindIndex(delivery => delivery.Message.Id == message.Id);
            if (index >= 0)
                _deliveries[index] = _deliveries[index] with { Status = status, Attempts = attempts, LastAttemptAt = at, DueAt = dueAt, Outcome = outcome };
        }

        return ValueTask.CompletedTask;
    }

    public ValueTask<IReadOnlyList<Delivery>> Of(AlertId alert, CancellationToken cancellation) =>
        Select(all => all.Where(delivery => delivery.Message.Alert.Id == alert));

    public ValueTask<IReadOnlyList<Delivery>> Latest(int limit, CancellationToken cancellation) =>
        Select(all => all.Reverse().Take(limit));

    public Task Added(CancellationToken cancellation)
    {
        lock (_lock)
            return _added.Task.WaitAsync(cancellation);
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ValueTask<IReadOnlyList<Delivery>> Select(Func<IEnumerable<Delivery>, IEnumerable<Delivery>> choose)
    {
        lock (_lock)
            return ValueTask.FromResult<IReadOnlyList<Delivery>>([.. choose(_deliveries)]);
    }
}
