using System.Collections.Concurrent;
using OrleansIot.Application;
using OrleansIot.Application.Alerts.Ports;
using OrleansIot.Application.DeviceTypes;
using OrleansIot.Application.Fleet;
using OrleansIot.Application.Rules;
using OrleansIot.Application.Twins;
using OrleansIot.Domain.Alerts;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Twins;

namespace OrleansIot.Api.Tests.Host;

/// <summary>Twins by the real rules, in memory and one command at a time; and the book of their alerts.</summary>
internal sealed class LocalTwins(FleetIndex fleet, IRules rules, IDeviceTypes types) : ITwins, IAlertBook
{
    private readonly Lock _lock = new();
    private readonly ConcurrentDictionary<DeviceId, Twin> _twins = new();
    private readonly List<Alert> _alerts = [];

    public LocalPast Past { get; } = new();

    public bool IsDown { get; set; }

    public bool HasBug { get; set; }

    /// <summary>What comes in between, once, before the next command is executed.</summary>
    public Action? Meanwhile { get; set; }

    public ValueTask<Decision> Execute(DeviceId device, TwinCommand command, CancellationToken cancellation = default)
    {
        if (IsDown)
            throw new TwinUnavailableException("The disk is full.");

        if (Meanwhile is { } happens)
        {
            Meanwhile = null;
            happens();
        }

        lock (_lock)
        {
            var before = _twins.GetOrAdd(device, id => new Twin(id));
            var decision = TwinRules.Decide(before, command, new TwinContext(
                rules.For(device, before.Description.Type), new PresencePolicy(TimeSpan.FromMinutes(1)), types.For(before.Description.Type)));
            if (decision is Decision.Accepted { Events: { IsEmpty: false } events })
            {
                var after = before;
                foreach (var happened in events)
                {
                    if (TwinEvolution.AlertAfter(after, happened) is { } alert)
                        Keep(alert);

                    after = TwinEvolution.Evolve(after, happened);
                }

                _twins[device] = after;
                Past.Add(device, events);
                fleet.Announce(before, new TwinView(after, null), events);
            }

            return new(decision);
        }
    }

    public ValueTask<TwinView?> Find(DeviceId device, CancellationToken cancellation = default)
    {
        if (HasBug)
            throw new InvalidOperationException("secret detail of ours");

        return new(_twins.TryGetValue(device, out var twin) ? new TwinView(twin, null) : null);
    }

    public ValueTask<Page<Alert>> List(AlertQuery query, CancellationToken cancellation)
    {
        if (query.Cursor is { } cursor && !int.TryParse(cursor, out _))
            throw new FormatException("That is no cursor.");

        lock (_lock)
        {
            var skip = query.Cursor is null ? 0 : int.Parse(query.Cursor);
            var all = _alerts.AsEnumerable().Reverse()
                .Where(alert => query.Status is null || alert.Status == query.Status)
                .Where(alert => query.Open is null || alert.IsOpen == query.Open)
                .Where(alert => query.Device is null || alert.Device == query.Device)
                .Where(alert => query.Rule is null || alert.Rule == query.Rule)
                .Where(alert => query.Severity is null || alert.Severity == query.Severity)
                .ToList();
            return new(new Page<Alert>([.. all.Skip(skip).Take(query.Limit)], all.Count > skip + query.Limit ? $"{skip + query.Limit}" : null));
        }
    }

    public ValueTask<Alert?> Find(AlertId alert, CancellationToken cancellation)
    {
        lock (_lock)
            return new(_alerts.FirstOrDefault(known => known.Id == alert));
    }

    private void Keep(Alert alert)
    {
        var index = _alerts.FindIndex(known => known.Id == alert.Id);
        if (index < 0)
            _alerts.Add(alert);
        else
            _alerts[index] = alert;
    }
}
