using System.Globalization;

namespace OrleansIot.GatewayAlone;

/// <summary>What to measure.</summary>
/// <param name="Case">Only cases whose name contains this; null for all.</param>
/// <param name="Idle">Measure that many idle connections instead.</param>
internal sealed record BenchOptions(int Rounds, bool IsQuick, string? Case, int? Idle, Wire Wire)
{
    public const string Usage = "[--rounds 3] [--case \"fan-in QoS 1\"] [--quick] | --idle 20000 [--tls | --ws] [--rounds 3]";

    /// <summary>Null where the arguments are not of the usage's form.</summary>
    public static BenchOptions? Parse(string[] args)
    {
        var options = new BenchOptions(Rounds: 3, IsQuick: false, Case: null, Idle: null, Wire.Tcp);
        for (var i = 0; i < args.Length; i++)
        {
            var next = i + 1 < args.Length ? args[i + 1] : "";
            var number = int.TryParse(next, NumberStyles.None, CultureInfo.InvariantCulture, out var parsed) && parsed > 0 ? parsed : (int?)null;
            switch (args[i])
            {
                case "--quick":
                    options = options with { IsQuick = true, Rounds = 1 };
                    continue;
                case "--tls":
                    options = options with { Wire = Wire.Tls };
                    continue;
                case "--ws":
                    options = options with { Wire = Wire.WebSocket };
                    continue;
                case "--rounds" when number is { } rounds:
                    options = options with { Rounds = rounds };
                    break;
                case "--idle" when number is { } connections:
                    options = options with { Idle = connections };
                    break;
                case "--case" when next.Length > 0:
                    options = options with { Case = next };
                    break;
                default:
                    return null;
            }

            i++;
        }

        return options.Wire != Wire.Tcp && options.Idle is null ? null : options;
    }
}
