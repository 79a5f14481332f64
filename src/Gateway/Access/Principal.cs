using OrleansIot.Application.Access;

namespace OrleansIot.Gateway.Access;

/// <summary>Who a connection acts for.</summary>
/// <param name="Name">As in <see cref="Credential.Principal"/>.</param>
/// <param name="Credential">By which it came in; null for those who have none of their own.</param>
internal sealed record Principal(string Name, Credential? Credential = null)
{
    /// <summary>Who has the access key.</summary>
    public static readonly Principal Operator = new("operator");

    /// <summary>This process itself.</summary>
    public static readonly Principal Local = new("local");

    public static readonly Principal Anonymous = new("anonymous");

    public static Principal Of(Credential credential) => new(credential.Principal, credential);
}
