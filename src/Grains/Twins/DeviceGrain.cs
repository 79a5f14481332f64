using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using Orleans.Concurrency;
using Orleans.Placement;
using Orleans.Storage;
using OrleansIot.Application.Twins;
using OrleansIot.Domain;
using OrleansIot.Domain.Alerts;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Rules;
using OrleansIot.Domain.Twins;
using OrleansIot.Grains.Interfaces.Devices;

namespace OrleansIot.Grains.Twins;

/// <summary>
/// The owner of one device in the cluster: <see cref="LiveTwin"/> in turns, timers for what time alone brings about, and a
/// snapshot now and then. Activated where its device's messages come in.
/// </summary>
/// <remarks>
/// Reentrant, so that commands gather while a commit is under way; their order, and that one turn ends before the next begins,
/// is <see cref="CommandTurns"/>' doing. When a turn fails, what is durable is unknown: this activation ends, and the next one
/// takes the twin up from the journal. Two activations at once (a silo that was cut off) meet in the journal: the second append
/// onto the same version fails, and its activation ends without having acknowledged anything.
/// </remarks>
[GrainType("orleansiot-device")]
[Reentrant, KeepAlive, PreferLocalPlacement]
internal sealed partial class DeviceGrain : Grain, IDeviceGrain, ITwinOwnerGrain, IRemindable
{
    // Long enough for what comes after a connection opened; then an owner of nothing goes.
    private static readonly TimeSpan UnknownAfter = TimeSpan.FromSeconds(10);

    private readonly IPersistentState<TwinState> _state;
    private readonly DeviceGrainServices _services;
    private readonly CommandTurns _turns;
    private readonly WakeUp _wakeUp;
    private readonly OutlivingReminder _reminder;
    private DeviceId _device;
    private bool _isDevice;
    private LiveTwin? _live;
    private DeviceObservers? _observers;
    private long _savedVersion;
    private Instant _saveAt = Instant.MaxValue;
    private bool _saving;

    public DeviceGrain([PersistentState("twin", GrainsRegistration.GrainStorageName)] IPersistentState<TwinState> state, DeviceGrainServices services)
    {
        _state = state;
        _services = services;
        _turns = new CommandTurns(Turn, services.Options.Value.MailboxCapacity);
        _wakeUp = new WakeUp(this, OnTime, services.Twins.Time);
        _reminder = new OutlivingReminder(this, services.Log);
    }

    private Instant Now => Instant.From(_services.Twins.Time.GetUtcNow());

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _isDevice = DeviceId.TryParse(this.GetPrimaryKeyString(), out _device);
        return Task.CompletedTask;
    }

    public override async Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        await _turns.Close(new TwinUnavailableException($"Device {_device} is changing its owner; nothing was acknowledged."));
        _services.Fleet.Forget(_device);
        if (_live is { Twin.Exists: true } live && live.Twin.Version != _savedVersion)
            await Save(live.Twin);
    }

    public ValueTask<Decision> Execute(TwinCommand command)
    {
        // A task's continuation runs where the turn ends, for that is this grain's scheduler; the promise's own would be queued there again.
        var promise = Turns.Execute(command);
        return promise.IsCompleted ? promise : new(promise.AsTask());
    }

    public async ValueTask<ImmutableArray<Decision>> ExecuteAll(ImmutableArray<TwinCommand> commands) =>
        ImmutableCollectionsMarshal.AsImmutableArray(await Task.WhenAll(Turns.Execute(commands.AsSpan())));

    public async ValueTask<TwinView?> Find()
    {
        if (_live is null)
            await Execute(new TwinCommand.Review(Now));

        return _live is { Twin.Exists: true } live ? live.View : null;
    }

    public async ValueTask TakeUp()
    {
        if (_live is null)
            await Execute(new TwinCommand.Review(Now));
    }

    public ValueTask ForgetSession(int run)
    {
        // Between turns it may be changed; during one, that turn's own outcome would take its place.
        if (_live is { Twin.Session: { } session } live && Silos.SiloRun.Of(session) == run && _turns.IsIdle)
        {
            live.ForgetSession();
            Arm(live);
        }

        return ValueTask.CompletedTask;
    }

    public async Task<DeviceAnswer> Ingest(DeviceReading reading)
    {
        if (DeviceMessages.CommandOf(reading, Now, out var fault) is not { } command)
            return fault;

        var decision = await Execute(command);
        return decision is Decision.Accepted { Events.IsEmpty: true } ? DeviceAnswer.Duplicate : DeviceMessages.AnswerOf(decision);
    }

    public async Task<DeviceSnapshot?> Snapshot() => await Find() is { } view ? DeviceMessages.SnapshotOf(view.Twin) : null;

    public async Task<ImmutableArray<DeviceAlert>> Alerts() => await Find() is { } view ? DeviceMessages.AlertsOf(view.Twin) : [];

    public async Task<DeviceAnswer> Acknowledge(string alertId, string by)
    {
        if (!DeviceMessages.IsName(by))
            return DeviceMessages.NobodyAsks;

        return AlertId.TryParse(alertId, out var alert) && alert.Device == _device
            ? DeviceMessages.AnswerOf(await Execute(new TwinCommand.AcknowledgeAlert(alert, by, Now)))
            : DeviceMessages.AnswerOf(new Decision.Rejected(TwinRejection.UnknownAlert));
    }

    public async Task<DeviceProfile?> Description() => await Find() is { } view ? DeviceMessages.ProfileOf(view.Twin.Description) : null;

    public async Task<DeviceAnswer> Describe(DeviceProfile description, DeviceProfile? expected) => DeviceMessages.AnswerOf(await Execute(
        new TwinCommand.Describe(DeviceMessages.DescriptionOf(description), Now, expected is null ? null : DeviceMessages.DescriptionOf(expected))));

    public async Task<DeviceAnswer> SetMaintenance(bool on, string? reason, string by) =>
        DeviceMessages.AnswerOf(await Execute(new TwinCommand.SetMaintenance(on, reason ?? "", by ?? "", Now)));

    public async Task<DeviceAnswer> Subscribe(IDeviceObserver observer)
    {
        if (await Find() is null)
            return DeviceMessages.AnswerOf(new Decision.Rejected(TwinRejection.UnknownDevice));

        return (_observers ??= new DeviceObservers(_services.Log)).Add(observer)
            ? DeviceAnswer.Ok
            : new DeviceAnswer("device.too-many-observers", $"At most {DeviceObservers.AtMost} follow one device; one that does not renew is forgotten after {DeviceObservers.Lasts.TotalMinutes:0} minutes.");
    }

    public Task Unsubscribe(IDeviceObserver observer)
    {
        _observers?.Remove(observer);
        return Task.CompletedTask;
    }

    public async Task ReceiveReminder(string reminderName, TickStatus status)
    {
        _reminder.Ticked(Now);
        await ReviewAndObserve();
    }

    private CommandTurns Turns => _isDevice ? _turns : throw new ArgumentException($"The key of this grain is not a device id: {DeviceId.Rule}.");

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask Turn(ReadOnlyMemory<TwinCommand> commands, Memory<Decision> decisions)
    {
        try
        {
            if (_live is null)
            {
                var snapshot = _state.State.Twin();
                _live = await LiveTwin.Activate(_device, snapshot, _services.Twins, CancellationToken.None);
                _savedVersion = snapshot?.Version ?? 0;
            }

            var before = _live.Twin;
            await _live.Execute(commands, decisions, CancellationToken.None);
            if (_observers is not null && !ReferenceEquals(before, _live.Twin))
                _observers.Tell(_live.Twin);

            Arm(_live);
        }
        catch (Exception e)
        {
            // Whatever it was, the outcome is unknown.
            throw GiveUp(e);
        }
    }

    private TwinUnavailableException GiveUp(Exception reason)
    {
        LogGivenUp(_services.Log, _device, reason);
        var unavailable = new TwinUnavailableException($"Device {_device} could not record what happened; nothing was acknowledged.", reason);
        if (unavailable.IsTransient)
            _services.Lost.Add(_device);

        _live = null;
        _ = _turns.Close(unavailable);
        DeactivateOnIdle();
        return unavailable;
    }

    private void Arm(LiveTwin live)
    {
        var twin = live.Twin;
        if (!twin.Exists)
        {
            _wakeUp.At(Now + UnknownAfter);
            return;
        }

        if (live.NextReview() is { } review)
            _wakeUp.At(review);

        if (_saveAt == Instant.MaxValue && twin.Version != _savedVersion)
            _wakeUp.At(_saveAt = Now + SaveAfter());

        _reminder.Want(!twin.Rules.IsEmpty && twin.Rules.Any(state => state.Phase == RulePhase.Pending), Now);
        if (_reminder.DueAt is { } due)
            _wakeUp.At(due);
    }

    // Devices of a fleet tend to begin at one moment; their snapshots need not be one wave.
    private TimeSpan SaveAfter() => _services.Options.Value.SnapshotInterval * (0.5 + ((uint)_device.GetHashCode() / (double)uint.MaxValue / 2));

    private async Task OnTime()
    {
        if (_live is not { } live)
            return;

        var now = Now;
        if (!live.Twin.Exists)
        {
            if (_turns.IsIdle)
                DeactivateOnIdle();
            else
                _wakeUp.At(now + UnknownAfter);

            return;
        }

        if (live.NextReview() is { } review && review <= now)
            await ReviewAndObserve();

        if (_saveAt <= now)
            await Save(live.Twin);

        if (_reminder.DueAt <= now)
            await _reminder.Bring(now);

        if (_live is not null)
            Arm(_live);
    }

    private async Task ReviewAndObserve()
    {
        try
        {
            await Execute(new TwinCommand.Review(Now));
        }
        catch (TwinUnavailableException)
        {
            // Told of where it happened; the twin is taken up again.
        }
    }

    private async Task Save(Twin twin)
    {
        if (_saving)
            return;

        (_saving, _saveAt) = (true, Instant.MaxValue);
        try
        {
            _state.State = TwinState.Of(twin);
            await _state.WriteStateAsync();
            _savedVersion = twin.Version;
        }
        catch (InconsistentStateException e)
        {
            // An owner before this one wrote late. Read, so that the next write is onto what is there.
            LogNotSaved(_services.Log, _device, e);
            await _state.ReadStateAsync();
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // The journal has everything: a missed snapshot only makes the next activation longer.
            LogNotSaved(_services.Log, _device, e);
        }
        finally
        {
            _saving = false;
        }
    }

    [LoggerMessage(5001, LogLevel.Error, "Device {DeviceId}: the outcome of its last commands is unknown; it is taken up again from the journal")]
    private static partial void LogGivenUp(ILogger log, DeviceId deviceId, Exception exception);

    [LoggerMessage(5002, LogLevel.Warning, "Device {DeviceId}: its snapshot was not saved; tried again later")]
    private static partial void LogNotSaved(ILogger log, DeviceId deviceId, Exception exception);
}
