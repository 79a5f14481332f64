using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;
using OrleansIot.Mqtt.Codec;
using OrleansIot.Mqtt.Topics;

namespace OrleansIot.Gateway.Bridges;

/// <summary>Everything that is wrong with the bridges, each by the name of its setting and with its mend.</summary>
internal sealed partial class BridgesRule : IValidateOptions<BridgesOptions>
{
    public ValidateOptionsResult Validate(string? name, BridgesOptions options)
    {
        var faults = new List<string>();
        for (var index = 0; index < options.Bridges.Count; index++)
        {
            var setting = SettingOf(index);
            var bridge = options.Bridges[index];
            Check(bridge, setting, faults);
            var earlier = options.Bridges.FindIndex(other => other.Name == bridge.Name);
            if (earlier < index)
                faults.Add($"{setting}:Name is '{bridge.Name}' as is that of {SettingOf(earlier)}: give each bridge a name of its own.");

            earlier = options.Bridges.FindIndex(
                other => (other.Host, other.PortInUse, other.ClientIdInUse) == (bridge.Host, bridge.PortInUse, bridge.ClientIdInUse));
            if (earlier < index)
                faults.Add($"{setting}:ClientId is '{bridge.ClientIdInUse}' as is that of {SettingOf(earlier)} on the same broker, and they would throw each other out: give each its own.");
        }

        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    public static string SettingOf(int index) => $"{BridgesOptions.Section}:{nameof(BridgesOptions.Bridges)}:{index}";

    private static void Check(BridgeOptions bridge, string setting, List<string> faults)
    {
        if (!Named().IsMatch(bridge.Name))
            faults.Add($"{setting}:Name is '{bridge.Name}': give 1 to 64 letters, digits, dots, dashes or underscores, e.g. plant.");
        if (string.IsNullOrWhiteSpace(bridge.Host))
            faults.Add($"{setting}:Host is not set: give the outside broker's name or address.");
        if (bridge.PortInUse is < 1 or > 65_535)
            faults.Add($"{setting}:Port is {bridge.Port}: set 1 to 65535, or leave it out for the usual one.");
        if (bridge.Tls is { Enabled: true } tls)
            faults.AddRange(tls.Problems($"{setting}:Tls:"));
        if (!Enum.IsDefined(bridge.Version))
            faults.Add($"{setting}:Version has to be V5 or V311.");
        if (bridge.ClientIdInUse.Length is 0 or > 128)
            faults.Add($"{setting}:ClientId is '{bridge.ClientIdInUse}': give 1 to 128 characters, under which the broker keeps what is due.");
        if (bridge.Password is not null && bridge.UserName is null && bridge.Version == MqttVersion.V311)
            faults.Add($"{setting}:Password is set without {setting}:UserName, which MQTT 3.1.1 does not allow: give a user name.");
        if (bridge.QoS is < 0 or > 2)
            faults.Add($"{setting}:QoS is {bridge.QoS}: set 0, 1 or 2.");
        if (bridge.SessionExpiry < TimeSpan.Zero)
            faults.Add($"{setting}:SessionExpiry is {bridge.SessionExpiry}: set 00:00:00 or more, e.g. 1.00:00:00.");
        if (!bridge.CleanStart && bridge.SessionExpiry == TimeSpan.Zero && bridge.Version != MqttVersion.V311)
            faults.Add($"{setting}:SessionExpiry is 0 while {setting}:CleanStart is false: the broker would keep nothing. Set a time, e.g. 1.00:00:00, or CleanStart to true.");
        if (bridge.ReceiveMaximum is < 1 or > 128)
            faults.Add($"{setting}:ReceiveMaximum is {bridge.ReceiveMaximum}: set 1 to 128.");
        if (bridge.MaxPacketBytes is < 1_024 or > 268_435_455)
            faults.Add($"{setting}:MaxPacketBytes is {bridge.MaxPacketBytes}: set 1024 to 268435455.");
        if (bridge.KeepAlive < TimeSpan.FromSeconds(5) || bridge.KeepAlive > TimeSpan.FromHours(18))
            faults.Add($"{setting}:KeepAlive is {bridge.KeepAlive}: set 00:00:05 to 18:00:00.");
        if (bridge.LongestReconnectPause < TimeSpan.FromSeconds(0.1) || bridge.LongestReconnectPause > TimeSpan.FromHours(1))
            faults.Add($"{setting}:LongestReconnectPause is {bridge.LongestReconnectPause}: set 00:00:00.1 to 01:00:00.");

        if (bridge.Filters.Count == 0)
            faults.Add($"{setting}:Filters is empty: give at least one topic filter, e.g. {setting}:Filters:0 = fleet/+/telemetry.");
        for (var index = 0; index < bridge.Filters.Count; index++)
        {
            if (!TopicFilter.TryParse(bridge.Filters[index], out var filter))
                faults.Add($"{setting}:Filters:{index} is '{bridge.Filters[index]}', which is no topic filter: write e.g. fleet/+/telemetry or $share/orleansiot/fleet/#.");
            else if (filter.IsShared && bridge.Version == MqttVersion.V311)
                faults.Add($"{setting}:Filters:{index} is '{bridge.Filters[index]}', but shared subscriptions are of MQTT 5.0: set {setting}:Version to V5.");
            else if (bridge.Filters.IndexOf(bridge.Filters[index]) < index)
                faults.Add($"{setting}:Filters:{index} is '{bridge.Filters[index]}', which is there already: remove one.");
        }

        TopicMap.Of(bridge.TopicMap, $"{setting}:TopicMap", faults);
    }

    [GeneratedRegex(@"^[A-Za-z0-9._-]{1,64}\z")]
    private static partial Regex Named();
}
