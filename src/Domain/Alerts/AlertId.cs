using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using OrleansIot.Domain.Devices;
using OrleansIot.Domain.Rules;

namespace OrleansIot.Domain.Alerts;

/// <summary>
/// <c>device~rule~occurrence</c>. Made from the twin's own version, so replaying the events names the same alert again, and
/// whoever holds the id knows which device to ask.
/// </summary>
public readonly record struct AlertId(DeviceId Device, RuleId Rule, long Occurrence)
{
    private const char Separator = '~';

    public static bool TryParse([NotNullWhen(true)] string? text, out AlertId alert)
    {
        alert = default;
        if (text?.Split(Separator) is not [var device, var rule, var occurrence]
            || !DeviceId.TryParse(device, out var deviceId)
            || !RuleId.TryParse(rule, out var ruleId)
            || !long.TryParse(occurrence, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            return false;
        }

        alert = new AlertId(deviceId, ruleId, number);
        return true;
    }

    public static AlertId Parse(string text) =>
        TryParse(text, out var alert) ? alert : throw new FormatException($"'{text}' is not an alert id: device~rule~occurrence.");

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Device}{Separator}{Rule}{Separator}{Occurrence}");
}
