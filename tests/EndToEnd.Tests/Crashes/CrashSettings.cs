using System.Globalization;

namespace OrleansIot.EndToEnd.Tests.Crashes;

/// <summary>What the environment says of a run: <c>CRASH_ROUNDS</c>, and the <c>CRASH_SEED</c> that an earlier run printed.</summary>
internal sealed record CrashSettings(int Rounds, int Seed)
{
    public static CrashSettings Read(int usualRounds) => new(Number("CRASH_ROUNDS") ?? usualRounds, Number("CRASH_SEED") ?? Random.Shared.Next(1_000_000));

    public override string ToString() => $"CRASH_SEED={Seed} CRASH_ROUNDS={Rounds}";

    private static int? Number(string name) =>
        Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;
}
