namespace OrleansIot.Domain.Twins;

/// <summary>Somebody works on the device: what it does meanwhile is no news.</summary>
/// <param name="Reason">For people; may be empty.</param>
/// <param name="By">Who said so last.</param>
public sealed record Maintenance(Instant Since, string Reason, string By)
{
    public const int MaxReasonLength = 256;
    public const int MaxByLength = 128;
}
