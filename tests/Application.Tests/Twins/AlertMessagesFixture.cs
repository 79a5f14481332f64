using OrleansIot.Application.Notifications;

namespace OrleansIot.Application.Tests.Twins;

internal static class AlertMessagesFixture
{
    public static AlertMessages NoChannels { get; } = new([]);
}
