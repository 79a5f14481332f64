using OrleansIot.Application.Alerts.Ports;
using OrleansIot.Application.DeviceTypes.Ports;
using OrleansIot.Application.History.Ports;
using OrleansIot.Application.Notifications.Ports;
using OrleansIot.Application.Past;
using OrleansIot.Application.Past.Ports;
using OrleansIot.Application.Rules.Ports;
using OrleansIot.Application.Sessions.Ports;
using OrleansIot.Application.Twins.Ports;
using OrleansIot.Storage.DynamoDb;
using OrleansIot.Storage.Sqlite;
using OrleansIot.TestKit.Storage;

namespace OrleansIot.Storage.Tests;

/// <summary>One store, by its ports.</summary>
public sealed record StorePorts(
    ITwinJournal Journal, ITwinSnapshots Snapshots, ITwinCheckpoints Checkpoints, IAlertBook Alerts, IRuleStore Rules, IDeviceTypeStore DeviceTypes, IOutbox Outbox, IReadingHistory History, ISessionStore Sessions)
{
    public TwinPast Past => new(Checkpoints, Journal);

    public static StorePorts Of(InMemoryStore store) =>
        new(store.Journal, store.Journal, store.Journal, store.Alerts, store.Rules, store.DeviceTypes, store.Outbox, store.History, store.Sessions);

    internal static StorePorts Of(DynamoDbStore store) =>
        new(store.Journal, store.Snapshots, store.Checkpoints, store.Alerts, store.Rules, store.DeviceTypes, store.Outbox, store.History, store.Sessions);

    internal static StorePorts Of(SqliteStore store) =>
        new(store.Journal, store.Snapshots, store.Checkpoints, store.Alerts, store.Rules, store.DeviceTypes, store.Outbox, store.History, store.Sessions);
}
