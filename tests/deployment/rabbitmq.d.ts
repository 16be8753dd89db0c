// RabbitmqCluster of rabbitmq.com/v1beta1, as far as deploy/ uses it: no package has its types. Written down after the API of the
// RabbitMQ Cluster Operator (api/v1beta1/rabbitmqcluster_types.go).
import type { IObjectMeta } from "@kubernetes-models/apimachinery/apis/meta/v1/ObjectMeta";
import type { IPodSpec } from "kubernetes-models/v1/PodSpec";
import type { IResourceRequirements } from "kubernetes-models/v1/ResourceRequirements";

export interface IRabbitmqCluster {
  apiVersion: "rabbitmq.com/v1beta1";
  kind: "RabbitmqCluster";
  metadata: IObjectMeta;
  spec: {
    replicas?: number;
    image?: string;
    resources?: IResourceRequirements;
    persistence?: { storage?: string; storageClassName?: string };
    rabbitmq?: { additionalConfig?: string; additionalPlugins?: string[] };
    override?: { statefulSet?: { spec?: { template?: { spec?: IPodSpec } } } };
  };
}
