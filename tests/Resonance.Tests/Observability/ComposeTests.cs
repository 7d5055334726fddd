using Resonance.Tests.House;
using Xunit;
using YamlDotNet.RepresentationModel;

namespace Resonance.Tests.Observability;

/// <summary>What compose.yaml and otel-collector.yaml say of one another is true: no container engine is needed to see that.</summary>
public sealed class ComposeTests
{
    static readonly string Root = SourceTree.FindRoot(AppContext.BaseDirectory);

    [Fact]
    public void Every_pipeline_of_the_collector_is_made_of_what_is_configured()
    {
        var collector = Load("otel-collector.yaml");
        var pipelines = Map(Map(collector, "service"), "pipelines");

        Assert.Equal(["logs", "metrics", "traces"], Keys(pipelines).Order());
        Assert.All(Keys(pipelines), signal =>
        {
            var pipeline = Map(pipelines, signal);
            foreach (var part in new[] { "receivers", "processors", "exporters" })
                Assert.Subset(Keys(Map(collector, part)).ToHashSet(), List(pipeline, part).ToHashSet());

            // Nothing is taken in before there is memory for it.
            Assert.Equal("memory_limiter", List(pipeline, "processors")[0]);
        });
        Assert.Equal(Keys(Map(collector, "extensions")), List(Map(collector, "service"), "extensions"));
    }

    [Fact]
    public void Everything_sends_to_where_the_next_one_listens()
    {
        var collector = Load("otel-collector.yaml");
        var services = Map(Load("compose.yaml"), "services");
        var prometheus = Load("observability/prometheus.yaml");
        var sources = (YamlSequenceNode)Load("observability/grafana/provisioning/datasources/resonance.yaml")["datasources"];

        var exporter = Text(Map(Map(collector, "exporters"), "prometheus"), "endpoint");
        var scraped = ((YamlScalarNode)prometheus["scrape_configs"][0]["static_configs"][0]["targets"][0]).Value!;
        Assert.Equal($"otel-collector:{exporter.Split(':')[1]}", scraped);

        var endpoint = new Uri(Text(Map(Map(services, "engine"), "environment"), "OTEL_EXPORTER_OTLP_ENDPOINT"));
        Assert.Equal("otel-collector", endpoint.Host);
        Assert.EndsWith($":{endpoint.Port}", Text(Map(Map(Map(Map(collector, "receivers"), "otlp"), "protocols"), "grpc"), "endpoint"));

        var jaeger = Text(Map(Map(collector, "exporters"), "otlp/jaeger"), "endpoint").Split(':')[0];
        var known = sources.Select(source => new Uri(((YamlScalarNode)source["url"]).Value!).Host);
        Assert.Subset(Keys(services).ToHashSet(), new HashSet<string>([jaeger, .. known, scraped.Split(':')[0]]));
    }

    [Fact]
    public void Every_service_waits_only_for_services_and_mounts_only_what_is_there()
    {
        var compose = Load("compose.yaml");
        var services = Map(compose, "services");
        var volumes = Keys(Map(compose, "volumes")).ToHashSet();

        Assert.All(Keys(services), name =>
        {
            var service = Map(services, name);
            if (Find(service, "depends_on") is YamlMappingNode needed)
                Assert.Subset(Keys(services).ToHashSet(), Keys(needed).ToHashSet());
            if (!service.Children.ContainsKey("volumes"))
                return;

            foreach (var source in List(service, "volumes").Select(mount => mount.Split(':')[0]))
                Assert.True(source.StartsWith("./", StringComparison.Ordinal) ? Exists(source) : volumes.Contains(source), $"{name}: {source}");
        });
    }

    [Fact]
    public void What_people_open_is_published_on_loopback_alone()
    {
        var services = Map(Load("compose.yaml"), "services");

        var published = Keys(services)
            .Select(name => Map(services, name))
            .Where(service => service.Children.ContainsKey("ports"))
            .SelectMany(service => List(service, "ports"))
            .ToArray();

        Assert.Superset(
            new HashSet<string>(
                ["127.0.0.1:16686:16686", "127.0.0.1:15672:15672", "127.0.0.1:9090:9090", "127.0.0.1:3000:3000", "127.0.0.1:5080:5080"]),
            published.ToHashSet());
        Assert.All(published, port => Assert.StartsWith("127.0.0.1:", port, StringComparison.Ordinal));
    }

    static bool Exists(string path) => File.Exists(Path.Combine(Root, path)) || Directory.Exists(Path.Combine(Root, path));

    static YamlMappingNode Load(string file)
    {
        using var reader = new StreamReader(Path.Combine(Root, file));
        var stream = new YamlStream();
        stream.Load(reader);
        return (YamlMappingNode)stream.Documents[0].RootNode;
    }

    static YamlMappingNode Map(YamlMappingNode node, string key) => (YamlMappingNode)Find(node, key)!;

    static string Text(YamlMappingNode node, string key) => ((YamlScalarNode)Find(node, key)!).Value!;

    /// <summary>A member, or else that of the mapping that the merge key takes over.</summary>
    static YamlNode? Find(YamlMappingNode node, string key) =>
        node.Children.TryGetValue(key, out var own) ? own
        : node.Children.TryGetValue("<<", out var other) ? Find((YamlMappingNode)other, key)
        : null;

    static string[] Keys(YamlMappingNode node) => [.. node.Children.Keys.Select(key => ((YamlScalarNode)key).Value!)];

    static string[] List(YamlMappingNode node, string key) => [.. ((YamlSequenceNode)node[key]).Select(item => ((YamlScalarNode)item).Value!)];
}
