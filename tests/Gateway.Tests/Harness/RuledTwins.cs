using OrleansIot.Application.Twins;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Rules;
using OrleansIot.Domain.Twins;
using OrleansIot.TestKit.Time;

namespace OrleansIot.Gateway.Tests.Harness;

/// <summary>
/// Twins that decide by the real rules and outlive the gateways in front of them, as a store does. A test can hold the moment
/// between a decision and its commit, or let the store be down.
/// </summary>
internal sealed class RuledTwins : ITwins
{
    private static readonly TwinContext Context = new(RuleSet.Empty, new PresencePolicy(TimeSpan.FromMinutes(1)));

    private readonly Lock _lock = new();
    private readonly Dictionary<DeviceId, Twin> _twins = [];
    private readonly Dictionary<DeviceId, Task> _mailboxes = [];
    private readonly List<(string Device, double Value)> _stored = [];
    private readonly SemaphoreSlim _changed = new(0);
    private TaskCompletionSource? _gate;
    private int _asked;

    /// <summary>Answers that the store is down.</summary>
    public bool IsDown { get; set; }

    /// <summary>How many readings were brought, the repeated and the failed included.</summary>
    public int Asked => Volatile.Read(ref _asked);

    /// <summary>What is durable, in order.</summary>
    public IReadOnlyList<(string Device, double Value)> Stored
    {
        get
        {
            lock (_lock)
                return [.. _stored];
        }
    }

    /// <summary>Commits wait from now on; those that wait when a gateway dies never happen.</summary>
    public void Hold() => _gate = new TaskCompletionSource();

    public void Release()
    {
        var gate = _gate;
        _gate = null;
        gate?.SetResult();
    }

    /// <summary>Forgets the commits that wait, as the death of the process does.</summary>
    public void LoseHeld()
    {
        _gate = null;
        lock (_lock)
            _mailboxes.Clear();
    }

    public async ValueTask<Decision> Execute(DeviceId device, TwinCommand command, CancellationToken cancellation = default)
    {
        if (command is not TwinCommand.Ingest ingest)
            return Decision.Accepted.Unchanged;

        Interlocked.Increment(ref _asked);
        _changed.Release();
        if (IsDown)
            throw new TwinUnavailableException("the store is down");

        // A device's commands are executed in the order in which they came.
        var done = new TaskCompletionSource();
        Task before;
        lock (_lock)
        {
            before = _mailboxes.GetValueOrDefault(device, Task.CompletedTask);
            _mailboxes[device] = done.Task;
        }

        var gate = _gate;
        await before;
        if (gate is not null)
            await gate.Task;

        lock (_lock)
        {
            var twin = _twins.GetValueOrDefault(device) ?? new Twin(device);
            var decision = TwinRules.Decide(twin, command, Context);
            if (decision is Decision.Accepted { Events: { IsEmpty: false } events })
            {
                _twins[device] = events.Aggregate(twin, TwinEvolution.Evolve);
                _stored.Add((device.Value, ingest.Reading.Metrics[0].Value.Number));
            }

            _changed.Release();
            done.SetResult();
            return decision;
        }
    }

    public ValueTask<TwinView?> Find(DeviceId device, CancellationToken cancellation = default) => default;

    /// <summary>Completes when the condition holds, looked at after each reading that comes or is stored.</summary>
    public async Task Until(string what, Func<RuledTwins, bool> condition)
    {
        while (!condition(this))
            await _changed.WaitAsync().Within(what);
    }
}
