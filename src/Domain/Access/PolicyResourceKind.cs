namespace OrleansIot.Domain.Access;

public enum PolicyResourceKind
{
    /// <summary>The resource <c>*</c>.</summary>
    Any,
    Client,
    Topic,
    TopicFilter,
    Thing,

    /// <summary>One that AWS has and no action asked here concerns: a document that moves here may keep it, and it matches nothing.</summary>
    Other,
}
