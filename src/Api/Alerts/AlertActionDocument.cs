namespace OrleansIot.Api.Alerts;

/// <summary>What may be said with an acknowledgement or a resolution.</summary>
/// <param name="By">Who does it, 1 to 128 characters. <c>api</c> where it is left out.</param>
public sealed record AlertActionDocument(string? By);
