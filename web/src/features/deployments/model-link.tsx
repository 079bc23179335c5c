import { Link } from '@tanstack/react-router';

export function ModelLink({ project, model }: { readonly project: string; readonly model: string }) {
  return (
    <Link to="/p/$project/models/$model" params={{ project, model }} className="name">
      {model}
    </Link>
  );
}
