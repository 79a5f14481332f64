namespace OrleansIot.Scenarios.Editions;

/// <summary>One way to run the product. What the scenarios ask of it is the same for all.</summary>
public interface IEdition
{
    /// <summary>As the tests' output names it, e.g. <c>three silos</c>.</summary>
    string Name { get; }

    /// <summary>What its store takes under load.</summary>
    Load Load { get; }

    /// <summary>From a device's publish to a page that somebody has open, at most, on a system that has only just started.</summary>
    TimeSpan ToThePixel => TimeSpan.FromSeconds(1);

    /// <param name="settings">Command-line settings beyond ports and storage, e.g. <c>--Access:ApiKey=…</c>. Nothing reports of itself unless asked for.</param>
    Task<IRunningSystem> Start(params string[] settings);
}
