using Microsoft.Extensions.Logging;
using OrleansIot.Domain;

namespace OrleansIot.Grains.Twins;

/// <summary>
/// The reminder that brings a twin back when nothing else does: registered while a rule's <c>for</c> or cooldown runs, because
/// an alert hangs on it, and only once it has run for a while, so that a value which crosses its threshold back and forth writes
/// nothing. Presence needs none: silos take up all twins of one that died, and of a cluster that was down.
/// </summary>
internal sealed partial class OutlivingReminder(Grain grain, ILogger log)
{
    public const string Name = "review";

    // The shortest that Orleans allows.
    private static readonly TimeSpan Period = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(5);

    // An unanswered reminder table is not asked at every turn.
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMinutes(1);

    private bool _wanted;
    private bool _registered;
    private bool _busy;

    /// <summary>When <see cref="Bring"/> has something to do; null: it has not.</summary>
    public Instant? DueAt { get; private set; }

    public void Want(bool wanted, Instant now)
    {
        if (wanted == _wanted)
            return;

        _wanted = wanted;
        DueAt = wanted == _registered ? null : now + Settled;
    }

    /// <summary>A tick came, so there is one; perhaps of an owner before.</summary>
    public void Ticked(Instant now)
    {
        _registered = true;
        if (!_wanted)
            DueAt ??= now + Settled;
    }

    /// <summary>Registers or unregisters it. Never on the way of a command: nothing waits for this.</summary>
    public async Task Bring(Instant now)
    {
        if (_busy)
            return;

        (_busy, DueAt) = (true, null);
        var wanted = _wanted;
        try
        {
            if (wanted)
                await grain.RegisterOrUpdateReminder(Name, Period, Period);
            else if (await grain.GetReminder(Name) is { } reminder)
                await grain.UnregisterReminder(reminder);

            _registered = wanted;
            if (_wanted != _registered)
                DueAt = now + Settled;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // It is a second line: timers and taking up go on without.
            DueAt = now + RetryAfter;
            LogNotKept(grain.GetPrimaryKeyString(), e);
        }
        finally
        {
            _busy = false;
        }
    }

    [LoggerMessage(5004, LogLevel.Warning, "Device {DeviceId}: its reminder could not be registered or removed; tried again later")]
    private partial void LogNotKept(string deviceId, Exception exception);
}
