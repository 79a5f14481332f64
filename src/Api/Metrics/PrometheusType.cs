namespace OrleansIot.Api.Metrics;

internal enum PrometheusType
{
    Counter,
    Gauge,
    Histogram,
}
