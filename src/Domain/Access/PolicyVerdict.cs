namespace OrleansIot.Domain.Access;

public enum PolicyVerdict
{
    /// <summary>No statement allows it: the default.</summary>
    NotAllowed,

    /// <summary>A statement denies it, whatever others allow.</summary>
    Denied,
    Allowed,
}
