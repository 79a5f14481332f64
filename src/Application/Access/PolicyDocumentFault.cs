namespace OrleansIot.Application.Access;

/// <summary>One thing that is wrong with a policy document.</summary>
/// <param name="Path">The field: <c>Statement[1].Resource[0]</c>; <c>$</c> for the document itself.</param>
/// <param name="Problem">What is wrong.</param>
/// <param name="Mend">What to write instead.</param>
public sealed record PolicyDocumentFault(string Path, string Problem, string Mend)
{
    public override string ToString() => $"{Path}: {Problem} {Mend}";
}
