using System.Collections.Immutable;
using OrleansIot.Application.Notifications;
using OrleansIot.Application.Twins.Ports;
using OrleansIot.Domain;
using OrleansIot.Domain.Alerts;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Devices.Types;
using OrleansIot.Domain.Rules;
using OrleansIot.Domain.Telemetry;
using OrleansIot.Domain.Twins;

namespace OrleansIot.Storage.Tests;

/// <summary>Values for tests. Times are milliseconds after <see cref="Epoch"/>.</summary>
internal static class Samples
{
    public static readonly DeviceId Boiler = DeviceId.Parse("boiler-1");
    public static readonly DeviceId Pump = DeviceId.Parse("pump-2");
    public static readonly MetricName Temperature = MetricName.Parse("temperature");
    public static readonly MetricName Pressure = MetricName.Parse("pressure");
    public static readonly RuleId TooHot = RuleId.Parse("too-hot");

    public static readonly Instant Epoch = new(1_767_225_600_000);

    public static Instant At(long milliseconds) => new(Epoch.UnixMilliseconds + milliseconds);

    public static Reading Reading(long at, double temperature) => new(At(at), At(at + 5), [new Metric(Temperature, MetricValue.Of(temperature))]);

    public static TwinEvent Recorded(long at, double temperature) => Recorded(Reading(at, temperature));

    public static TwinEvent Recorded(Reading reading) => new TwinEvent.ReadingRecorded(reading, MessageKey.None);

    public static TwinAppend Append(DeviceId device, long after, params ImmutableArray<TwinEvent> events) => new(device, after, events, []);

    public static Alert Alert(DeviceId device, long occurrence, long at, RuleId? rule = null, Severity severity = Severity.Warning) => new(
        new AlertId(device, rule ?? TooHot, occurrence), "Too hot", 3, severity, "temperature > 70 for 60 s", Temperature, MetricValue.Of(71.5), At(at));

    public static TwinEvent Triggered(Alert alert) => new TwinEvent.AlertTriggered(alert, alert.TriggeredAt + TimeSpan.FromMinutes(5));

    public static OutboxMessage Message(string id, Alert alert, long at, string channel = "slack") =>
        new(id, channel, "", AlertTransitions.Triggered, alert, "Boiler in the cellar", At(at));

    public static Rule Rule(string id, long version = 1) => new(
        RuleId.Parse(id), "Too hot", "For the night shift.", "boiler", [Boiler, Pump], new RuleCondition(Temperature, ComparisonOperator.Above, MetricValue.Of(70.5), TimeSpan.FromSeconds(60)),
        65, Severity.Critical, Active: true, TimeSpan.FromMinutes(5),
        new RuleActions(["slack", "mail"], [new Uri("https://example.org/hook?a=1")], AlertTransitions.Triggered | AlertTransitions.Resolved), version);

    public static DeviceType DeviceType(string id) => new(
        DeviceTypeId.Parse(id),
        "Pump",
        "Of the night shift.",
        [
            new(Temperature, MetricKind.Number, "C", Min: -40, Max: 120.5, Required: true, "At the outlet.", UnitTransform.Between("F", "C")),
            new(MetricName.Parse("pressure"), MetricKind.Number, "bar", Max: 16, Transform: new UnitTransform(null, 0.1, -4)),
            new(MetricName.Parse("running"), MetricKind.Boolean),
            new(MetricName.Parse("mode"), MetricKind.Text),
        ],
        [new(MetricName.Parse("load"), "if(running, pressure / 16, 0)", "ratio", "Of what it can."), new(MetricName.Parse("hot"), "temperature>80")],
        BreachPolicy.Refuse,
        Strict: true,
        Version: 1);
}
