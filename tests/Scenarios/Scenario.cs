using OrleansIot.Scenarios.Editions;

namespace OrleansIot.Scenarios;

/// <summary>What the product does on every edition. A test project derives a sealed class per edition, in a namespace that names it.</summary>
public abstract class Scenario<TEdition>
    where TEdition : IEdition, new()
{
    protected Scenario(ITestOutputHelper output)
    {
        Output = output;
        output.WriteLine($"Edition: {Edition.Name}");
    }

    protected static TEdition Edition { get; } = new();

    protected ITestOutputHelper Output { get; }
}
