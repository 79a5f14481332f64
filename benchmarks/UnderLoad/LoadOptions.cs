using System.Globalization;

namespace OrleansIot.UnderLoad;

/// <summary>What a benchmark sends; by default the load of issue "First light".</summary>
public sealed record LoadOptions(int Messages, int Rounds, int WarmUpMessages, int Devices, int Connections, int PayloadBytes, int Rules)
{
    public const string Usage = "[--messages 300000] [--rounds 3] [--warm-up 400000] [--devices 1000] [--connections 50] [--payload-bytes 200] [--rules 20]";

    /// <summary>Null where the arguments are not of the usage's form.</summary>
    public static LoadOptions? Parse(string[] args)
    {
        var values = new Dictionary<string, int>
        {
            ["--messages"] = 300_000,
            ["--rounds"] = 3,

            // A host's cost per message still falls after 200,000 of them, while the compiler's tiers take the hot path up; at
            // 400,000 it has settled. With fewer, a round measures the compiler.
            ["--warm-up"] = 400_000,
            ["--devices"] = 1_000,
            ["--connections"] = 50,
            ["--payload-bytes"] = 200,
            ["--rules"] = 20,
        };
        for (var i = 0; i < args.Length; i += 2)
        {
            if (!values.ContainsKey(args[i]) || i + 1 == args.Length || !int.TryParse(args[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out var value) || (value < 1 && args[i] != "--rules"))
                return null;

            values[args[i]] = value;
        }

        return new(values["--messages"], values["--rounds"], values["--warm-up"], values["--devices"], values["--connections"], values["--payload-bytes"], values["--rules"]);
    }
}
