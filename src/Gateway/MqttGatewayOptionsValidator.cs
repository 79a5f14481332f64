using Microsoft.Extensions.Options;

namespace OrleansIot.Gateway;

[OptionsValidator]
internal sealed partial class MqttGatewayOptionsValidator : IValidateOptions<MqttGatewayOptions>;
