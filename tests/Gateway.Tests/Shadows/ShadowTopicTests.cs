using System.Text;
using OrleansIot.Gateway.Shadows;
using OrleansIot.Gateway.Telemetry;

namespace OrleansIot.Gateway.Tests.Shadows;

public sealed class ShadowTopicTests
{
    [Theory]
    [InlineData("$aws/things/t/shadow/get", "t", "", ShadowAction.Get)]
    [InlineData("$aws/things/t/shadow/update", "t", "", ShadowAction.Update)]
    [InlineData("$aws/things/t-1:a_/shadow/delete", "t-1:a_", "", ShadowAction.Delete)]
    [InlineData("$aws/things/t/shadow/name/config/get", "t", "config", ShadowAction.Get)]
    [InlineData("$aws/things/t/shadow/name/$package/update", "t", "$package", ShadowAction.Update)]
    [InlineData("$aws/things/t/shadow/name/get/delete", "t", "get", ShadowAction.Delete)]
    [InlineData("$aws/things/shadow/shadow/name/name/get", "shadow", "name", ShadowAction.Get)]
    public void A_topic_of_a_shadow_names_the_thing_the_shadow_and_what_is_asked(string topic, string device, string shadow, object action)
    {
        var route = TopicRoute.Of(Encoding.UTF8.GetBytes(topic));
        Assert.Equal(TopicKind.Shadow, route.Kind);
        Assert.Equal((device, shadow, (ShadowAction)action, null), (route.Shadow!.Device.Value, route.Shadow.Shadow.Value, route.Shadow.Action, route.Shadow.Fault));
    }

    [Theory]
    [InlineData("$aws/things/t/shadow/update/accepted")]
    [InlineData("$aws/things/t/shadow/update/delta")]
    [InlineData("$aws/things/t/shadow/name/config/get/accepted")]
    [InlineData("$aws/things/t/shadow/config/get")]
    [InlineData("$aws/things/t/shadow/name/config")]
    [InlineData("$aws/things/t/shadow/name")]
    [InlineData("$aws/things/t/shadow")]
    [InlineData("$aws/things/t/shadow/")]
    [InlineData("$aws/things/t/shadow/get/")]
    [InlineData("$aws/things/t/Shadow/get")]
    [InlineData("$aws/things//shadow/get")]
    [InlineData("$aws/things/t/jobs/get")]
    [InlineData("$aws/things/")]
    public void What_only_resembles_one_stays_the_server_s_own(string topic) => Assert.Equal(TopicKind.Reserved, TopicRoute.Of(Encoding.UTF8.GetBytes(topic)).Kind);

    [Theory]
    [InlineData("aws/things/t/shadow/get")]
    [InlineData("$AWS/things/t/shadow/get")]
    public void Other_topics_are_plain(string topic) => Assert.Equal(TopicKind.Plain, TopicRoute.Of(Encoding.UTF8.GetBytes(topic)).Kind);
}
