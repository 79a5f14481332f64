namespace OrleansIot.Domain.Access;

public enum PolicyEffect
{
    Allow,
    Deny,
}
