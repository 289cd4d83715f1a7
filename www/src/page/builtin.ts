// The studies that come with the page, as they are in `studies/`.
import serosurvey from '../../../studies/data/seir_serosurvey.csv?raw'
import weekly from '../../../studies/data/seir_weekly.csv?raw'
import typhoidCases from '../../../studies/data/sindh_typhoid_cases.csv?raw'
import seir from '../../../studies/seir.toml?raw'
import sphere from '../../../studies/sphere.toml?raw'
import typhoid from '../../../studies/typhoid-sindh.toml?raw'

export interface BuiltIn {
  title: string
  about: string
  /** In a few words. */
  short: string
  file: string
  text: string
  /** By the paths that the study file gives. */
  data: Record<string, string>
}

export const builtIn: BuiltIn[] = [
  {
    title: 'SEIR epidemic',
    about: 'Three parameters of an epidemic, against weekly cases and a serosurvey. The model itself made the data, so that the true values are known.',
    short: '3 parameters, the truth is known',
    file: 'seir.toml',
    text: seir,
    data: { 'data/seir_weekly.csv': weekly, 'data/seir_serosurvey.csv': serosurvey },
  },
  {
    title: 'Typhoid in Sindh',
    about: 'Five parameters of an agent-based model of 10,000 people, against cases by year and age.',
    short: '5 parameters, real data',
    file: 'typhoid-sindh.toml',
    text: typhoid,
    data: { 'data/sindh_typhoid_cases.csv': typhoidCases },
  },
  {
    title: 'Sphere',
    about: 'A test function with noise and run times that vary a lot: to see how trials are scheduled.',
    short: 'a test function',
    file: 'sphere.toml',
    text: sphere,
    data: {},
  },
]
