using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using OrleansIot.Application.Notifications;
using OrleansIot.Application.Twins.Ports;
using OrleansIot.Domain;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Rules;
using OrleansIot.Domain.Twins;

namespace OrleansIot.Application.Twins;

/// <summary>
/// The twin of one device while somebody owns it: a mailbox (Standalone) or a grain (cluster). Not thread-safe: the owner lets
/// one call finish before it makes the next. When <see cref="Execute"/> throws, the outcome is unknown: the owner drops this
/// object and takes the twin up again from the journal.
/// </summary>
public sealed class LiveTwin
{
    private readonly LiveTwinServices _services;
    private Twin _twin;
    private RawMessage? _lastMessage;
    private TwinContext _context;
    private (long Rules, long Types) _revisions = (-1, -1);
    private string? _rulesType;

    private LiveTwin(Twin twin, LiveTwinServices services)
    {
        _twin = twin;
        _services = services;
        _context = new TwinContext(RuleSet.Empty, services.Presence) { Shadows = services.ShadowLimits };
    }

    public Twin Twin => _twin;

    public TwinView View => new(_twin, _lastMessage);

    /// <summary>Takes a twin up: its snapshot, and the events since.</summary>
    public static async ValueTask<LiveTwin> Activate(DeviceId device, LiveTwinServices services, CancellationToken cancellation) =>
        await Activate(device, await services.Snapshots.Load(device, cancellation), services, cancellation);

    /// <summary>Takes a twin up from a snapshot that its owner kept itself, and the events since.</summary>
    /// <param name="snapshot">Null: there is none.</param>
    public static async ValueTask<LiveTwin> Activate(DeviceId device, Twin? snapshot, LiveTwinServices services, CancellationToken cancellation)
    {
        var twin = snapshot ?? new Twin(device);
        await foreach (var entry in services.Journal.Read(device, twin.Version, cancellation))
        {
            twin = TwinEvolution.Evolve(twin, entry.Event);
            if (twin.Version != entry.Version)
                throw new StoreException($"The journal of {device} has version {entry.Version} where {twin.Version} should be. Restore the data from a backup.");
        }

        var now = Instant.From(services.Time.GetUtcNow());
        var live = new LiveTwin(twin.Exists ? twin.Recovered(now, services.Presence.HeartbeatLimit) : twin, services);
        if (twin.Exists)
            services.Audience.Announce(live._twin, live.View, []);

        return live;
    }

    /// <summary>
    /// Executes the commands in their order and makes all that follows durable in one append: deciding runs ahead on a draft,
    /// believing waits for the commit.
    /// </summary>
    /// <param name="decisions">Receives one decision per command.</param>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask Execute(ReadOnlyMemory<TwinCommand> commands, Memory<Decision> decisions, CancellationToken cancellation)
    {
        var before = _twin;
        var (after, events, messages) = DecideAll(commands.Span, decisions.Span);
        if (events.Length > 0)
        {
            await _services.Journal.Append(new TwinAppend(before.Device, before.Version, events, messages), cancellation);
            _twin = after;
        }

        RememberLastMessage(commands.Span, decisions.Span);
        if (events.Length == 0)
            return;

        _services.Audience.Announce(before, View, events);
        if (before.Shadows != _twin.Shadows)
            _services.ShadowNews.Tell(before, events);
    }

    /// <summary>The gateway that held the device's connection is gone, and will not say that it closed: as after a restart, the device gets time to come back.</summary>
    public void ForgetSession()
    {
        _twin = _twin.Recovered(Instant.From(_services.Time.GetUtcNow()), _services.Presence.HeartbeatLimit);
        _services.Audience.Announce(_twin, View, []);
    }

    /// <summary>When this twin is to be sent a <see cref="TwinCommand.Review"/>; null: not until something else happens to it.</summary>
    public Instant? NextReview() => TwinRules.NextReview(_twin, CurrentContext(_twin));

    private (Twin After, ImmutableArray<TwinEvent> Events, ImmutableArray<OutboxMessage> Messages) DecideAll(ReadOnlySpan<TwinCommand> commands, Span<Decision> decisions)
    {
        var draft = _twin;
        var events = ImmutableArray<TwinEvent>.Empty;
        ImmutableArray<OutboxMessage>.Builder? messages = null;
        for (var i = 0; i < commands.Length; i++)
        {
            decisions[i] = TwinRules.Decide(draft, commands[i], CurrentContext(draft), out var after);
            if (decisions[i] is not Decision.Accepted { Events: { IsEmpty: false } decided })
                continue;

            events = events.IsEmpty ? decided : events.AddRange(decided);
            Compose(draft, decided, ref messages);
            draft = after;
        }

        return (draft, events, messages?.DrainToImmutable() ?? []);
    }

    private void Compose(Twin before, ImmutableArray<TwinEvent> events, ref ImmutableArray<OutboxMessage>.Builder? messages)
    {
        foreach (var happened in events)
        {
            // Only what concerns alerts, and whether anybody is told, needs the twin as it was before each event.
            if (happened is not (TwinEvent.AlertTriggered or TwinEvent.AlertAcknowledged or TwinEvent.AlertResolved or TwinEvent.MaintenanceBegan or TwinEvent.MaintenanceEnded))
                continue;

            // In maintenance nobody is told, whatever is done by hand.
            if (before.Maintenance is null && TwinEvolution.AlertAfter(before, happened) is { } alert && _context.Rules.Find(alert.Rule) is { } rule)
            {
                messages ??= ImmutableArray.CreateBuilder<OutboxMessage>();
                messages.AddRange(_services.Messages.Compose(rule, alert, before.Description.Name, happened.At));
            }

            before = TwinEvolution.Evolve(before, happened);
        }
    }

    private TwinContext CurrentContext(Twin twin)
    {
        var (revisions, type) = ((_services.Rules.Revision, _services.Types.Revision), twin.Description.Type);
        if (revisions != _revisions || type != _rulesType)
        {
            _context = new TwinContext(_services.Rules.For(twin.Device, type), _services.Presence, _services.Types.For(type)) { Shadows = _services.ShadowLimits };
            (_revisions, _rulesType) = (revisions, type);
        }

        return _context;
    }

    private void RememberLastMessage(ReadOnlySpan<TwinCommand> commands, ReadOnlySpan<Decision> decisions)
    {
        for (var i = commands.Length - 1; i >= 0; i--)
        {
            if (commands[i] is TwinCommand.Ingest { Raw: { } raw } && decisions[i] is Decision.Accepted { Events.IsEmpty: false })
            {
                _lastMessage = raw;
                return;
            }
        }
    }
}
