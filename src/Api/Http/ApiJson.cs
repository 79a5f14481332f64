using System.Text.Json;
using System.Text.Json.Serialization;
using OrleansIot.Api.AccessControl;
using OrleansIot.Api.Alerts;
using OrleansIot.Api.Devices;
using OrleansIot.Api.Health;
using OrleansIot.Api.Places;
using OrleansIot.Api.Shadows;
using OrleansIot.Api.Stream;
using OrleansIot.Application;
using OrleansIot.Application.Alerts;
using OrleansIot.Application.DeviceTypes;
using OrleansIot.Application.Rules;
using OrleansIot.Application.Telemetry;

namespace OrleansIot.Api.Http;

/// <summary>How the API's shapes are written as JSON.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, Converters = [typeof(InstantJsonConverter), typeof(MetricValueJsonConverter)])]
[JsonSerializable(typeof(Problem))]
[JsonSerializable(typeof(DeviceListDocument))]
[JsonSerializable(typeof(DeviceDocument))]
[JsonSerializable(typeof(DeviceDescriptionDocument))]
[JsonSerializable(typeof(MaintenanceRequest))]
[JsonSerializable(typeof(ListDocument<MetricDocument>))]
[JsonSerializable(typeof(HistoryDocument))]
[JsonSerializable(typeof(FleetHistoryDocument))]
[JsonSerializable(typeof(ListDocument<ReadingDocument>))]
[JsonSerializable(typeof(ListDocument<RefusalDocument>))]
[JsonSerializable(typeof(ListDocument<ShadowListDocument>))]
[JsonSerializable(typeof(ListDocument<RuleDocument>))]
[JsonSerializable(typeof(RuleDocument))]
[JsonSerializable(typeof(ListDocument<AlertDocument>))]
[JsonSerializable(typeof(AlertDocument))]
[JsonSerializable(typeof(AlertActionDocument))]
[JsonSerializable(typeof(ListDocument<DeliveryDocument>))]
[JsonSerializable(typeof(ReadingEvent))]
[JsonSerializable(typeof(StatusEvent))]
[JsonSerializable(typeof(DescribedEvent))]
[JsonSerializable(typeof(MissedEvent))]
[JsonSerializable(typeof(OutageEvent))]
[JsonSerializable(typeof(ListDocument<SiteDocument>))]
[JsonSerializable(typeof(ListDocument<DeviceTypeDocument>))]
[JsonSerializable(typeof(DeviceTypeDocument))]
[JsonSerializable(typeof(ListDocument<GroupDocument>))]
[JsonSerializable(typeof(HealthDocument))]
[JsonSerializable(typeof(ListDocument<PolicyDocument>))]
[JsonSerializable(typeof(PolicyDocument))]
[JsonSerializable(typeof(ListDocument<UserDocument>))]
[JsonSerializable(typeof(UserDocument))]
[JsonSerializable(typeof(UserRequest))]
[JsonSerializable(typeof(ListDocument<CertificateDocument>))]
[JsonSerializable(typeof(CertificateDocument))]
[JsonSerializable(typeof(CertificateRequest))]
[JsonSerializable(typeof(ListDocument<TokenDocument>))]
[JsonSerializable(typeof(TokenDocument))]
[JsonSerializable(typeof(TokenRequest))]
[JsonSerializable(typeof(ExplainRequest))]
[JsonSerializable(typeof(ExplanationDocument))]
[JsonSerializable(typeof(JsonDocument))]
internal sealed partial class ApiJson : JsonSerializerContext;
