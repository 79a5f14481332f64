namespace OrleansIot.Application.Documents;

/// <summary>One thing that is wrong with a rule document.</summary>
/// <param name="Path">The field: <c>condition.threshold</c>, <c>deviceIds[2]</c>; <c>$</c> for the document itself.</param>
/// <param name="Problem">What is wrong.</param>
/// <param name="Mend">What to write instead.</param>
public sealed record DocumentFault(string Path, string Problem, string Mend)
{
    public override string ToString() => $"{Path}: {Problem} {Mend}";
}
