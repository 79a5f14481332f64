using System.Globalization;

namespace OrleansIot.Ingest;

/// <summary>What the benchmark sends; the load of issue "First light" unless said otherwise.</summary>
internal sealed record IngestOptions(int Messages, int Rounds, int Devices, int Connections, int PayloadBytes)
{
    public const string Usage = "ingest [--messages 300000] [--rounds 3] [--devices 1000] [--connections 50] [--payload-bytes 200]";

    // Enough for tiered compilation to have seen the hot path.
    public int WarmUpMessages => Math.Max(20_000, Messages / 3);

    /// <summary>Null where the arguments are not of the usage's form.</summary>
    public static IngestOptions? Parse(string[] args)
    {
        var values = new Dictionary<string, int>
        {
            ["--messages"] = 300_000,
            ["--rounds"] = 3,
            ["--devices"] = 1_000,
            ["--connections"] = 50,
            ["--payload-bytes"] = 200,
        };
        for (var i = 0; i < args.Length; i += 2)
        {
            if (!values.ContainsKey(args[i]) || i + 1 == args.Length || !int.TryParse(args[i + 1], NumberStyles.None, CultureInfo.InvariantCulture, out var value) || value < 1)
                return null;

            values[args[i]] = value;
        }

        return new(values["--messages"], values["--rounds"], values["--devices"], values["--connections"], values["--payload-bytes"]);
    }
}
