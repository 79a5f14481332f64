using System.Diagnostics.CodeAnalysis;
using OrleansIot.Mqtt.Codec;

namespace OrleansIot.Mqtt.Client;

/// <summary>
/// The calls that wait to be sent, in their order, whoever the connection of the moment is. Bounded in messages and bytes;
/// SUBSCRIBE and UNSUBSCRIBE always find room, as the filters of a client bound them.
/// </summary>
internal sealed class CommandQueue(MqttQueueOptions options, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly LinkedList<ClientCommand> _queued = [];
    private readonly LinkedList<Waiter> _waiting = [];
    private TaskCompletionSource? _ready;
    private Exception? _end;
    private bool _isOnline;
    private int _messages;
    private long _bytes;

    /// <summary>Queues a call, or fails it; completes when that is decided. Cancelling takes back a call that has no place yet.</summary>
    public async Task Add(ClientCommand command, CancellationToken cancellation)
    {
        LinkedListNode<Waiter> waiter;
        lock (_lock)
        {
            if (_waiting.Count == 0 && TrySettle(command))
                return;

            waiter = _waiting.AddLast(new Waiter(command));
        }

        try
        {
            await waiter.Value.Settled.Task.WaitAsync(cancellation);
        }
        catch (OperationCanceledException)
        {
            lock (_lock)
            {
                if (waiter.List is not null)
                    _waiting.Remove(waiter);
            }

            throw;
        }
    }

    public bool TryTake([NotNullWhen(true)] out ClientCommand? command)
    {
        lock (_lock)
        {
            command = _queued.First?.Value;
            if (command is null)
                return false;

            Remove(_queued.First!);
            AdmitWaiting();
            return true;
        }
    }

    /// <summary>Completes when there is a call to take; for the one connection that takes.</summary>
    public Task WaitForCommand()
    {
        lock (_lock)
        {
            return _queued.Count > 0
                ? Task.CompletedTask
                : (_ready ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    public void GoOnline()
    {
        lock (_lock)
            _isOnline = true;
    }

    public void GoOffline()
    {
        lock (_lock)
        {
            _isOnline = false;
            if (!options.KeepsQoS0)
                FailWhere(publish => publish.QoS == MqttQoS.AtMostOnce, MqttNotSent.NotConnected);
            AdmitWaiting();
        }
    }

    /// <summary>Fails every call that waits and every one to come.</summary>
    public void End(Exception cause)
    {
        lock (_lock)
        {
            _end = cause;
            foreach (var command in _queued)
                command.Fail(cause);
            _queued.Clear();
            AdmitWaiting();
        }
    }

    /// <summary>Whether the call has been queued or has failed; otherwise it has to wait.</summary>
    private bool TrySettle(ClientCommand command)
    {
        if (_end is not null)
        {
            command.Fail(_end);
            return true;
        }

        if (command is ClientCommand.Publish publish)
        {
            if (!_isOnline && !options.KeepsQoS0 && publish.QoS == MqttQoS.AtMostOnce)
                return Fail(publish, MqttNotSent.NotConnected);
            if (publish.Size > options.MaxBytes)
                return Fail(publish, MqttNotSent.QueueFull);
            if (!HasRoom(publish))
                FailWhere(queued => queued.HasExpired(time), MqttNotSent.Expired);

            while (!HasRoom(publish))
            {
                if (_isOnline || options.WhenFull == MqttQueueFullMode.Wait)
                    return false;
                if (options.WhenFull == MqttQueueFullMode.Refuse)
                    return Fail(publish, MqttNotSent.QueueFull);

                DropOldest();
            }

            _messages++;
            _bytes += publish.Size;
        }

        _queued.AddLast(command);
        _ready?.TrySetResult();
        _ready = null;
        return true;
    }

    private bool HasRoom(ClientCommand.Publish publish) =>
        _messages < options.MaxMessages && _bytes + publish.Size <= options.MaxBytes;

    private void DropOldest()
    {
        var oldest = _queued.First;
        while (oldest!.Value is not ClientCommand.Publish)
            oldest = oldest.Next;
        Fail((ClientCommand.Publish)oldest.Value, MqttNotSent.Dropped);
        Remove(oldest);
    }

    private void FailWhere(Func<ClientCommand.Publish, bool> isOver, MqttNotSent reason)
    {
        for (var node = _queued.First; node is not null;)
        {
            var next = node.Next;
            if (node.Value is ClientCommand.Publish publish && isOver(publish))
            {
                Fail(publish, reason);
                Remove(node);
            }

            node = next;
        }
    }

    private void Remove(LinkedListNode<ClientCommand> node)
    {
        _queued.Remove(node);
        if (node.Value is ClientCommand.Publish publish)
        {
            _messages--;
            _bytes -= publish.Size;
        }
    }

    private void AdmitWaiting()
    {
        while (_waiting.First is { } first && TrySettle(first.Value.Command))
        {
            _waiting.RemoveFirst();
            first.Value.Settled.TrySetResult();
        }
    }

    private static bool Fail(ClientCommand.Publish publish, MqttNotSent reason)
    {
        publish.Fail(new MqttNotSentException(reason, publish.Topic));
        return true;
    }

    private sealed record Waiter(ClientCommand Command)
    {
        public TaskCompletionSource Settled { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
