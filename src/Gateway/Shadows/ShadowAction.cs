namespace OrleansIot.Gateway.Shadows;

internal enum ShadowAction
{
    Get,
    Update,
    Delete,
}
