using Microsoft.Extensions.DependencyInjection;
using OrleansIot.Application.Alerts.Ports;
using OrleansIot.Application.DeviceTypes.Ports;
using OrleansIot.Application.History.Ports;
using OrleansIot.Application.Notifications.Ports;
using OrleansIot.Application.Past.Ports;
using OrleansIot.Application.Rules.Ports;
using OrleansIot.Application.Sessions.Ports;
using OrleansIot.Application.Twins.Ports;

namespace OrleansIot.TestKit.Storage;

/// <summary>Every storage port, in memory and as plain as can be. It passes the same contract suites as the stores that ship.</summary>
public sealed class InMemoryStore
{
    public InMemoryStore()
    {
        Alerts = new InMemoryAlertBook();
        Outbox = new InMemoryOutbox();
        History = new InMemoryReadingHistory();
        Rules = new InMemoryRuleStore();
        DeviceTypes = new InMemoryDeviceTypeStore();
        Sessions = new InMemorySessionStore();
        Journal = new InMemoryJournal(Alerts, Outbox, History);
    }

    /// <summary>Implements <see cref="ITwinJournal"/>, <see cref="ITwinSnapshots"/> and <see cref="ITwinCheckpoints"/>.</summary>
    public InMemoryJournal Journal { get; }

    public InMemoryAlertBook Alerts { get; }

    public InMemoryOutbox Outbox { get; }

    public InMemoryReadingHistory History { get; }

    public InMemoryRuleStore Rules { get; }

    public InMemoryDeviceTypeStore DeviceTypes { get; }

    public InMemorySessionStore Sessions { get; }

    public void AddTo(IServiceCollection services) => services
        .AddSingleton<ITwinJournal>(Journal)
        .AddSingleton<ITwinSnapshots>(Journal)
        .AddSingleton<ITwinCheckpoints>(Journal)
        .AddSingleton<IAlertBook>(Alerts)
        .AddSingleton<IOutbox>(Outbox)
        .AddSingleton<IReadingHistory>(History)
        .AddSingleton<IRuleStore>(Rules)
        .AddSingleton<IDeviceTypeStore>(DeviceTypes)
        .AddSingleton<ISessionStore>(Sessions);
}
