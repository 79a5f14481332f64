namespace OrleansIot.Domain.Devices;

/// <summary>One thing that is wrong with a description.</summary>
/// <param name="Code">Stable, and of the field: <c>device.site-invalid</c>.</param>
/// <param name="Field">As the API names it: <c>site</c>, <c>metadata.serial</c>.</param>
/// <param name="Problem">What is wrong.</param>
/// <param name="Mend">What to write instead.</param>
public sealed record DescriptionFault(string Code, string Field, string Problem, string Mend)
{
    public override string ToString() => $"{Field} {Problem} {Mend}";
}
